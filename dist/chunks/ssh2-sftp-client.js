import { r as __require, t as __commonJSMin } from "./rolldown-runtime.js";
import { t as require_lib } from "./lib.js";

// node_modules/readable-stream/lib/internal/streams/stream.js
var require_stream = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = __require("stream");
}));

// node_modules/readable-stream/lib/internal/streams/buffer_list.js
var require_buffer_list = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	function ownKeys(object, enumerableOnly) {
		var keys = Object.keys(object);
		if (Object.getOwnPropertySymbols) {
			var symbols = Object.getOwnPropertySymbols(object);
			enumerableOnly && (symbols = symbols.filter(function(sym) {
				return Object.getOwnPropertyDescriptor(object, sym).enumerable;
			})), keys.push.apply(keys, symbols);
		}
		return keys;
	}
	function _objectSpread(target) {
		for (var i = 1; i < arguments.length; i++) {
			var source = null != arguments[i] ? arguments[i] : {};
			i % 2 ? ownKeys(Object(source), !0).forEach(function(key) {
				_defineProperty(target, key, source[key]);
			}) : Object.getOwnPropertyDescriptors ? Object.defineProperties(target, Object.getOwnPropertyDescriptors(source)) : ownKeys(Object(source)).forEach(function(key) {
				Object.defineProperty(target, key, Object.getOwnPropertyDescriptor(source, key));
			});
		}
		return target;
	}
	function _defineProperty(obj, key, value) {
		key = _toPropertyKey(key);
		if (key in obj) Object.defineProperty(obj, key, {
			value,
			enumerable: true,
			configurable: true,
			writable: true
		});
		else obj[key] = value;
		return obj;
	}
	function _classCallCheck(instance, Constructor) {
		if (!(instance instanceof Constructor)) throw new TypeError("Cannot call a class as a function");
	}
	function _defineProperties(target, props) {
		for (var i = 0; i < props.length; i++) {
			var descriptor = props[i];
			descriptor.enumerable = descriptor.enumerable || false;
			descriptor.configurable = true;
			if ("value" in descriptor) descriptor.writable = true;
			Object.defineProperty(target, _toPropertyKey(descriptor.key), descriptor);
		}
	}
	function _createClass(Constructor, protoProps, staticProps) {
		if (protoProps) _defineProperties(Constructor.prototype, protoProps);
		if (staticProps) _defineProperties(Constructor, staticProps);
		Object.defineProperty(Constructor, "prototype", { writable: false });
		return Constructor;
	}
	function _toPropertyKey(arg) {
		var key = _toPrimitive(arg, "string");
		return typeof key === "symbol" ? key : String(key);
	}
	function _toPrimitive(input, hint) {
		if (typeof input !== "object" || input === null) return input;
		var prim = input[Symbol.toPrimitive];
		if (prim !== void 0) {
			var res = prim.call(input, hint || "default");
			if (typeof res !== "object") return res;
			throw new TypeError("@@toPrimitive must return a primitive value.");
		}
		return (hint === "string" ? String : Number)(input);
	}
	var Buffer = __require("buffer").Buffer;
	var inspect = __require("util").inspect;
	var custom = inspect && inspect.custom || "inspect";
	function copyBuffer(src, target, offset) {
		Buffer.prototype.copy.call(src, target, offset);
	}
	module.exports = /*#__PURE__*/ function() {
		function BufferList() {
			_classCallCheck(this, BufferList);
			this.head = null;
			this.tail = null;
			this.length = 0;
		}
		_createClass(BufferList, [
			{
				key: "push",
				value: function push(v) {
					var entry = {
						data: v,
						next: null
					};
					if (this.length > 0) this.tail.next = entry;
					else this.head = entry;
					this.tail = entry;
					++this.length;
				}
			},
			{
				key: "unshift",
				value: function unshift(v) {
					var entry = {
						data: v,
						next: this.head
					};
					if (this.length === 0) this.tail = entry;
					this.head = entry;
					++this.length;
				}
			},
			{
				key: "shift",
				value: function shift() {
					if (this.length === 0) return;
					var ret = this.head.data;
					if (this.length === 1) this.head = this.tail = null;
					else this.head = this.head.next;
					--this.length;
					return ret;
				}
			},
			{
				key: "clear",
				value: function clear() {
					this.head = this.tail = null;
					this.length = 0;
				}
			},
			{
				key: "join",
				value: function join(s) {
					if (this.length === 0) return "";
					var p = this.head;
					var ret = "" + p.data;
					while (p = p.next) ret += s + p.data;
					return ret;
				}
			},
			{
				key: "concat",
				value: function concat(n) {
					if (this.length === 0) return Buffer.alloc(0);
					var ret = Buffer.allocUnsafe(n >>> 0);
					var p = this.head;
					var i = 0;
					while (p) {
						copyBuffer(p.data, ret, i);
						i += p.data.length;
						p = p.next;
					}
					return ret;
				}
			},
			{
				key: "consume",
				value: function consume(n, hasStrings) {
					var ret;
					if (n < this.head.data.length) {
						ret = this.head.data.slice(0, n);
						this.head.data = this.head.data.slice(n);
					} else if (n === this.head.data.length) ret = this.shift();
					else ret = hasStrings ? this._getString(n) : this._getBuffer(n);
					return ret;
				}
			},
			{
				key: "first",
				value: function first() {
					return this.head.data;
				}
			},
			{
				key: "_getString",
				value: function _getString(n) {
					var p = this.head;
					var c = 1;
					var ret = p.data;
					n -= ret.length;
					while (p = p.next) {
						var str = p.data;
						var nb = n > str.length ? str.length : n;
						if (nb === str.length) ret += str;
						else ret += str.slice(0, n);
						n -= nb;
						if (n === 0) {
							if (nb === str.length) {
								++c;
								if (p.next) this.head = p.next;
								else this.head = this.tail = null;
							} else {
								this.head = p;
								p.data = str.slice(nb);
							}
							break;
						}
						++c;
					}
					this.length -= c;
					return ret;
				}
			},
			{
				key: "_getBuffer",
				value: function _getBuffer(n) {
					var ret = Buffer.allocUnsafe(n);
					var p = this.head;
					var c = 1;
					p.data.copy(ret);
					n -= p.data.length;
					while (p = p.next) {
						var buf = p.data;
						var nb = n > buf.length ? buf.length : n;
						buf.copy(ret, ret.length - n, 0, nb);
						n -= nb;
						if (n === 0) {
							if (nb === buf.length) {
								++c;
								if (p.next) this.head = p.next;
								else this.head = this.tail = null;
							} else {
								this.head = p;
								p.data = buf.slice(nb);
							}
							break;
						}
						++c;
					}
					this.length -= c;
					return ret;
				}
			},
			{
				key: custom,
				value: function value(_, options) {
					return inspect(this, _objectSpread(_objectSpread({}, options), {}, {
						depth: 0,
						customInspect: false
					}));
				}
			}
		]);
		return BufferList;
	}();
}));

// node_modules/readable-stream/lib/internal/streams/destroy.js
var require_destroy = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	function destroy(err, cb) {
		var _this = this;
		var readableDestroyed = this._readableState && this._readableState.destroyed;
		var writableDestroyed = this._writableState && this._writableState.destroyed;
		if (readableDestroyed || writableDestroyed) {
			if (cb) cb(err);
			else if (err) {
				if (!this._writableState) process.nextTick(emitErrorNT, this, err);
				else if (!this._writableState.errorEmitted) {
					this._writableState.errorEmitted = true;
					process.nextTick(emitErrorNT, this, err);
				}
			}
			return this;
		}
		if (this._readableState) this._readableState.destroyed = true;
		if (this._writableState) this._writableState.destroyed = true;
		this._destroy(err || null, function(err) {
			if (!cb && err) {
				if (!_this._writableState) process.nextTick(emitErrorAndCloseNT, _this, err);
				else if (!_this._writableState.errorEmitted) {
					_this._writableState.errorEmitted = true;
					process.nextTick(emitErrorAndCloseNT, _this, err);
				} else process.nextTick(emitCloseNT, _this);
			} else if (cb) {
				process.nextTick(emitCloseNT, _this);
				cb(err);
			} else process.nextTick(emitCloseNT, _this);
		});
		return this;
	}
	function emitErrorAndCloseNT(self, err) {
		emitErrorNT(self, err);
		emitCloseNT(self);
	}
	function emitCloseNT(self) {
		if (self._writableState && !self._writableState.emitClose) return;
		if (self._readableState && !self._readableState.emitClose) return;
		self.emit("close");
	}
	function undestroy() {
		if (this._readableState) {
			this._readableState.destroyed = false;
			this._readableState.reading = false;
			this._readableState.ended = false;
			this._readableState.endEmitted = false;
		}
		if (this._writableState) {
			this._writableState.destroyed = false;
			this._writableState.ended = false;
			this._writableState.ending = false;
			this._writableState.finalCalled = false;
			this._writableState.prefinished = false;
			this._writableState.finished = false;
			this._writableState.errorEmitted = false;
		}
	}
	function emitErrorNT(self, err) {
		self.emit("error", err);
	}
	function errorOrDestroy(stream, err) {
		var rState = stream._readableState;
		var wState = stream._writableState;
		if (rState && rState.autoDestroy || wState && wState.autoDestroy) stream.destroy(err);
		else stream.emit("error", err);
	}
	module.exports = {
		destroy,
		undestroy,
		errorOrDestroy
	};
}));

// node_modules/readable-stream/errors.js
var require_errors = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const codes = {};
	function createErrorType(code, message, Base) {
		if (!Base) Base = Error;
		function getMessage(arg1, arg2, arg3) {
			if (typeof message === "string") return message;
			else return message(arg1, arg2, arg3);
		}
		class NodeError extends Base {
			constructor(arg1, arg2, arg3) {
				super(getMessage(arg1, arg2, arg3));
			}
		}
		NodeError.prototype.name = Base.name;
		NodeError.prototype.code = code;
		codes[code] = NodeError;
	}
	function oneOf(expected, thing) {
		if (Array.isArray(expected)) {
			const len = expected.length;
			expected = expected.map((i) => String(i));
			if (len > 2) return `one of ${thing} ${expected.slice(0, len - 1).join(", ")}, or ` + expected[len - 1];
			else if (len === 2) return `one of ${thing} ${expected[0]} or ${expected[1]}`;
			else return `of ${thing} ${expected[0]}`;
		} else return `of ${thing} ${String(expected)}`;
	}
	function startsWith(str, search, pos) {
		return str.substr(!pos || pos < 0 ? 0 : +pos, search.length) === search;
	}
	function endsWith(str, search, this_len) {
		if (this_len === void 0 || this_len > str.length) this_len = str.length;
		return str.substring(this_len - search.length, this_len) === search;
	}
	function includes(str, search, start) {
		if (typeof start !== "number") start = 0;
		if (start + search.length > str.length) return false;
		else return str.indexOf(search, start) !== -1;
	}
	createErrorType("ERR_INVALID_OPT_VALUE", function(name, value) {
		return "The value \"" + value + "\" is invalid for option \"" + name + "\"";
	}, TypeError);
	createErrorType("ERR_INVALID_ARG_TYPE", function(name, expected, actual) {
		let determiner;
		if (typeof expected === "string" && startsWith(expected, "not ")) {
			determiner = "must not be";
			expected = expected.replace(/^not /, "");
		} else determiner = "must be";
		let msg;
		if (endsWith(name, " argument")) msg = `The ${name} ${determiner} ${oneOf(expected, "type")}`;
		else msg = `The "${name}" ${includes(name, ".") ? "property" : "argument"} ${determiner} ${oneOf(expected, "type")}`;
		msg += `. Received type ${typeof actual}`;
		return msg;
	}, TypeError);
	createErrorType("ERR_STREAM_PUSH_AFTER_EOF", "stream.push() after EOF");
	createErrorType("ERR_METHOD_NOT_IMPLEMENTED", function(name) {
		return "The " + name + " method is not implemented";
	});
	createErrorType("ERR_STREAM_PREMATURE_CLOSE", "Premature close");
	createErrorType("ERR_STREAM_DESTROYED", function(name) {
		return "Cannot call " + name + " after a stream was destroyed";
	});
	createErrorType("ERR_MULTIPLE_CALLBACK", "Callback called multiple times");
	createErrorType("ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable");
	createErrorType("ERR_STREAM_WRITE_AFTER_END", "write after end");
	createErrorType("ERR_STREAM_NULL_VALUES", "May not write null values to stream", TypeError);
	createErrorType("ERR_UNKNOWN_ENCODING", function(arg) {
		return "Unknown encoding: " + arg;
	}, TypeError);
	createErrorType("ERR_STREAM_UNSHIFT_AFTER_END_EVENT", "stream.unshift() after end event");
	module.exports.codes = codes;
}));

// node_modules/readable-stream/lib/internal/streams/state.js
var require_state = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var ERR_INVALID_OPT_VALUE = require_errors().codes.ERR_INVALID_OPT_VALUE;
	function highWaterMarkFrom(options, isDuplex, duplexKey) {
		return options.highWaterMark != null ? options.highWaterMark : isDuplex ? options[duplexKey] : null;
	}
	function getHighWaterMark(state, options, duplexKey, isDuplex) {
		var hwm = highWaterMarkFrom(options, isDuplex, duplexKey);
		if (hwm != null) {
			if (!(isFinite(hwm) && Math.floor(hwm) === hwm) || hwm < 0) throw new ERR_INVALID_OPT_VALUE(isDuplex ? duplexKey : "highWaterMark", hwm);
			return Math.floor(hwm);
		}
		return state.objectMode ? 16 : 16384;
	}
	module.exports = { getHighWaterMark };
}));

// node_modules/inherits/inherits_browser.js
var require_inherits_browser = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	if (typeof Object.create === "function") module.exports = function inherits(ctor, superCtor) {
		if (superCtor) {
			ctor.super_ = superCtor;
			ctor.prototype = Object.create(superCtor.prototype, { constructor: {
				value: ctor,
				enumerable: false,
				writable: true,
				configurable: true
			} });
		}
	};
	else module.exports = function inherits(ctor, superCtor) {
		if (superCtor) {
			ctor.super_ = superCtor;
			var TempCtor = function() {};
			TempCtor.prototype = superCtor.prototype;
			ctor.prototype = new TempCtor();
			ctor.prototype.constructor = ctor;
		}
	};
}));

// node_modules/inherits/inherits.js
var require_inherits = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	try {
		var util = __require("util");
		/* istanbul ignore next */
		if (typeof util.inherits !== "function") throw "";
		module.exports = util.inherits;
	} catch (e) {
		/* istanbul ignore next */
		module.exports = require_inherits_browser();
	}
}));

// node_modules/util-deprecate/node.js
var require_node = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	/**
	* For Node.js, simply re-export the core `util.deprecate` function.
	*/
	module.exports = __require("util").deprecate;
}));

// node_modules/readable-stream/lib/_stream_writable.js
var require__stream_writable = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = Writable;
	function CorkedRequest(state) {
		var _this = this;
		this.next = null;
		this.entry = null;
		this.finish = function() {
			onCorkedFinish(_this, state);
		};
	}
	var Duplex;
	Writable.WritableState = WritableState;
	var internalUtil = { deprecate: require_node() };
	var Stream = require_stream();
	var Buffer = __require("buffer").Buffer;
	var OurUint8Array = (typeof global !== "undefined" ? global : typeof window !== "undefined" ? window : typeof self !== "undefined" ? self : {}).Uint8Array || function() {};
	function _uint8ArrayToBuffer(chunk) {
		return Buffer.from(chunk);
	}
	function _isUint8Array(obj) {
		return Buffer.isBuffer(obj) || obj instanceof OurUint8Array;
	}
	var destroyImpl = require_destroy();
	var getHighWaterMark = require_state().getHighWaterMark;
	var _require$codes = require_errors().codes;
	var ERR_INVALID_ARG_TYPE = _require$codes.ERR_INVALID_ARG_TYPE;
	var ERR_METHOD_NOT_IMPLEMENTED = _require$codes.ERR_METHOD_NOT_IMPLEMENTED;
	var ERR_MULTIPLE_CALLBACK = _require$codes.ERR_MULTIPLE_CALLBACK;
	var ERR_STREAM_CANNOT_PIPE = _require$codes.ERR_STREAM_CANNOT_PIPE;
	var ERR_STREAM_DESTROYED = _require$codes.ERR_STREAM_DESTROYED;
	var ERR_STREAM_NULL_VALUES = _require$codes.ERR_STREAM_NULL_VALUES;
	var ERR_STREAM_WRITE_AFTER_END = _require$codes.ERR_STREAM_WRITE_AFTER_END;
	var ERR_UNKNOWN_ENCODING = _require$codes.ERR_UNKNOWN_ENCODING;
	var errorOrDestroy = destroyImpl.errorOrDestroy;
	require_inherits()(Writable, Stream);
	function nop() {}
	function WritableState(options, stream, isDuplex) {
		Duplex = Duplex || require__stream_duplex();
		options = options || {};
		if (typeof isDuplex !== "boolean") isDuplex = stream instanceof Duplex;
		this.objectMode = !!options.objectMode;
		if (isDuplex) this.objectMode = this.objectMode || !!options.writableObjectMode;
		this.highWaterMark = getHighWaterMark(this, options, "writableHighWaterMark", isDuplex);
		this.finalCalled = false;
		this.needDrain = false;
		this.ending = false;
		this.ended = false;
		this.finished = false;
		this.destroyed = false;
		var noDecode = options.decodeStrings === false;
		this.decodeStrings = !noDecode;
		this.defaultEncoding = options.defaultEncoding || "utf8";
		this.length = 0;
		this.writing = false;
		this.corked = 0;
		this.sync = true;
		this.bufferProcessing = false;
		this.onwrite = function(er) {
			onwrite(stream, er);
		};
		this.writecb = null;
		this.writelen = 0;
		this.bufferedRequest = null;
		this.lastBufferedRequest = null;
		this.pendingcb = 0;
		this.prefinished = false;
		this.errorEmitted = false;
		this.emitClose = options.emitClose !== false;
		this.autoDestroy = !!options.autoDestroy;
		this.bufferedRequestCount = 0;
		this.corkedRequestsFree = new CorkedRequest(this);
	}
	WritableState.prototype.getBuffer = function getBuffer() {
		var current = this.bufferedRequest;
		var out = [];
		while (current) {
			out.push(current);
			current = current.next;
		}
		return out;
	};
	(function() {
		try {
			Object.defineProperty(WritableState.prototype, "buffer", { get: internalUtil.deprecate(function writableStateBufferGetter() {
				return this.getBuffer();
			}, "_writableState.buffer is deprecated. Use _writableState.getBuffer instead.", "DEP0003") });
		} catch (_) {}
	})();
	var realHasInstance;
	if (typeof Symbol === "function" && Symbol.hasInstance && typeof Function.prototype[Symbol.hasInstance] === "function") {
		realHasInstance = Function.prototype[Symbol.hasInstance];
		Object.defineProperty(Writable, Symbol.hasInstance, { value: function value(object) {
			if (realHasInstance.call(this, object)) return true;
			if (this !== Writable) return false;
			return object && object._writableState instanceof WritableState;
		} });
	} else realHasInstance = function realHasInstance(object) {
		return object instanceof this;
	};
	function Writable(options) {
		Duplex = Duplex || require__stream_duplex();
		var isDuplex = this instanceof Duplex;
		if (!isDuplex && !realHasInstance.call(Writable, this)) return new Writable(options);
		this._writableState = new WritableState(options, this, isDuplex);
		this.writable = true;
		if (options) {
			if (typeof options.write === "function") this._write = options.write;
			if (typeof options.writev === "function") this._writev = options.writev;
			if (typeof options.destroy === "function") this._destroy = options.destroy;
			if (typeof options.final === "function") this._final = options.final;
		}
		Stream.call(this);
	}
	Writable.prototype.pipe = function() {
		errorOrDestroy(this, new ERR_STREAM_CANNOT_PIPE());
	};
	function writeAfterEnd(stream, cb) {
		var er = new ERR_STREAM_WRITE_AFTER_END();
		errorOrDestroy(stream, er);
		process.nextTick(cb, er);
	}
	function validChunk(stream, state, chunk, cb) {
		var er;
		if (chunk === null) er = new ERR_STREAM_NULL_VALUES();
		else if (typeof chunk !== "string" && !state.objectMode) er = new ERR_INVALID_ARG_TYPE("chunk", ["string", "Buffer"], chunk);
		if (er) {
			errorOrDestroy(stream, er);
			process.nextTick(cb, er);
			return false;
		}
		return true;
	}
	Writable.prototype.write = function(chunk, encoding, cb) {
		var state = this._writableState;
		var ret = false;
		var isBuf = !state.objectMode && _isUint8Array(chunk);
		if (isBuf && !Buffer.isBuffer(chunk)) chunk = _uint8ArrayToBuffer(chunk);
		if (typeof encoding === "function") {
			cb = encoding;
			encoding = null;
		}
		if (isBuf) encoding = "buffer";
		else if (!encoding) encoding = state.defaultEncoding;
		if (typeof cb !== "function") cb = nop;
		if (state.ending) writeAfterEnd(this, cb);
		else if (isBuf || validChunk(this, state, chunk, cb)) {
			state.pendingcb++;
			ret = writeOrBuffer(this, state, isBuf, chunk, encoding, cb);
		}
		return ret;
	};
	Writable.prototype.cork = function() {
		this._writableState.corked++;
	};
	Writable.prototype.uncork = function() {
		var state = this._writableState;
		if (state.corked) {
			state.corked--;
			if (!state.writing && !state.corked && !state.bufferProcessing && state.bufferedRequest) clearBuffer(this, state);
		}
	};
	Writable.prototype.setDefaultEncoding = function setDefaultEncoding(encoding) {
		if (typeof encoding === "string") encoding = encoding.toLowerCase();
		if (!([
			"hex",
			"utf8",
			"utf-8",
			"ascii",
			"binary",
			"base64",
			"ucs2",
			"ucs-2",
			"utf16le",
			"utf-16le",
			"raw"
		].indexOf((encoding + "").toLowerCase()) > -1)) throw new ERR_UNKNOWN_ENCODING(encoding);
		this._writableState.defaultEncoding = encoding;
		return this;
	};
	Object.defineProperty(Writable.prototype, "writableBuffer", {
		enumerable: false,
		get: function get() {
			return this._writableState && this._writableState.getBuffer();
		}
	});
	function decodeChunk(state, chunk, encoding) {
		if (!state.objectMode && state.decodeStrings !== false && typeof chunk === "string") chunk = Buffer.from(chunk, encoding);
		return chunk;
	}
	Object.defineProperty(Writable.prototype, "writableHighWaterMark", {
		enumerable: false,
		get: function get() {
			return this._writableState.highWaterMark;
		}
	});
	function writeOrBuffer(stream, state, isBuf, chunk, encoding, cb) {
		if (!isBuf) {
			var newChunk = decodeChunk(state, chunk, encoding);
			if (chunk !== newChunk) {
				isBuf = true;
				encoding = "buffer";
				chunk = newChunk;
			}
		}
		var len = state.objectMode ? 1 : chunk.length;
		state.length += len;
		var ret = state.length < state.highWaterMark;
		if (!ret) state.needDrain = true;
		if (state.writing || state.corked) {
			var last = state.lastBufferedRequest;
			state.lastBufferedRequest = {
				chunk,
				encoding,
				isBuf,
				callback: cb,
				next: null
			};
			if (last) last.next = state.lastBufferedRequest;
			else state.bufferedRequest = state.lastBufferedRequest;
			state.bufferedRequestCount += 1;
		} else doWrite(stream, state, false, len, chunk, encoding, cb);
		return ret;
	}
	function doWrite(stream, state, writev, len, chunk, encoding, cb) {
		state.writelen = len;
		state.writecb = cb;
		state.writing = true;
		state.sync = true;
		if (state.destroyed) state.onwrite(new ERR_STREAM_DESTROYED("write"));
		else if (writev) stream._writev(chunk, state.onwrite);
		else stream._write(chunk, encoding, state.onwrite);
		state.sync = false;
	}
	function onwriteError(stream, state, sync, er, cb) {
		--state.pendingcb;
		if (sync) {
			process.nextTick(cb, er);
			process.nextTick(finishMaybe, stream, state);
			stream._writableState.errorEmitted = true;
			errorOrDestroy(stream, er);
		} else {
			cb(er);
			stream._writableState.errorEmitted = true;
			errorOrDestroy(stream, er);
			finishMaybe(stream, state);
		}
	}
	function onwriteStateUpdate(state) {
		state.writing = false;
		state.writecb = null;
		state.length -= state.writelen;
		state.writelen = 0;
	}
	function onwrite(stream, er) {
		var state = stream._writableState;
		var sync = state.sync;
		var cb = state.writecb;
		if (typeof cb !== "function") throw new ERR_MULTIPLE_CALLBACK();
		onwriteStateUpdate(state);
		if (er) onwriteError(stream, state, sync, er, cb);
		else {
			var finished = needFinish(state) || stream.destroyed;
			if (!finished && !state.corked && !state.bufferProcessing && state.bufferedRequest) clearBuffer(stream, state);
			if (sync) process.nextTick(afterWrite, stream, state, finished, cb);
			else afterWrite(stream, state, finished, cb);
		}
	}
	function afterWrite(stream, state, finished, cb) {
		if (!finished) onwriteDrain(stream, state);
		state.pendingcb--;
		cb();
		finishMaybe(stream, state);
	}
	function onwriteDrain(stream, state) {
		if (state.length === 0 && state.needDrain) {
			state.needDrain = false;
			stream.emit("drain");
		}
	}
	function clearBuffer(stream, state) {
		state.bufferProcessing = true;
		var entry = state.bufferedRequest;
		if (stream._writev && entry && entry.next) {
			var l = state.bufferedRequestCount;
			var buffer = new Array(l);
			var holder = state.corkedRequestsFree;
			holder.entry = entry;
			var count = 0;
			var allBuffers = true;
			while (entry) {
				buffer[count] = entry;
				if (!entry.isBuf) allBuffers = false;
				entry = entry.next;
				count += 1;
			}
			buffer.allBuffers = allBuffers;
			doWrite(stream, state, true, state.length, buffer, "", holder.finish);
			state.pendingcb++;
			state.lastBufferedRequest = null;
			if (holder.next) {
				state.corkedRequestsFree = holder.next;
				holder.next = null;
			} else state.corkedRequestsFree = new CorkedRequest(state);
			state.bufferedRequestCount = 0;
		} else {
			while (entry) {
				var chunk = entry.chunk;
				var encoding = entry.encoding;
				var cb = entry.callback;
				doWrite(stream, state, false, state.objectMode ? 1 : chunk.length, chunk, encoding, cb);
				entry = entry.next;
				state.bufferedRequestCount--;
				if (state.writing) break;
			}
			if (entry === null) state.lastBufferedRequest = null;
		}
		state.bufferedRequest = entry;
		state.bufferProcessing = false;
	}
	Writable.prototype._write = function(chunk, encoding, cb) {
		cb(new ERR_METHOD_NOT_IMPLEMENTED("_write()"));
	};
	Writable.prototype._writev = null;
	Writable.prototype.end = function(chunk, encoding, cb) {
		var state = this._writableState;
		if (typeof chunk === "function") {
			cb = chunk;
			chunk = null;
			encoding = null;
		} else if (typeof encoding === "function") {
			cb = encoding;
			encoding = null;
		}
		if (chunk !== null && chunk !== void 0) this.write(chunk, encoding);
		if (state.corked) {
			state.corked = 1;
			this.uncork();
		}
		if (!state.ending) endWritable(this, state, cb);
		return this;
	};
	Object.defineProperty(Writable.prototype, "writableLength", {
		enumerable: false,
		get: function get() {
			return this._writableState.length;
		}
	});
	function needFinish(state) {
		return state.ending && state.length === 0 && state.bufferedRequest === null && !state.finished && !state.writing;
	}
	function callFinal(stream, state) {
		stream._final(function(err) {
			state.pendingcb--;
			if (err) errorOrDestroy(stream, err);
			state.prefinished = true;
			stream.emit("prefinish");
			finishMaybe(stream, state);
		});
	}
	function prefinish(stream, state) {
		if (!state.prefinished && !state.finalCalled) {
			if (typeof stream._final === "function" && !state.destroyed) {
				state.pendingcb++;
				state.finalCalled = true;
				process.nextTick(callFinal, stream, state);
			} else {
				state.prefinished = true;
				stream.emit("prefinish");
			}
		}
	}
	function finishMaybe(stream, state) {
		var need = needFinish(state);
		if (need) {
			prefinish(stream, state);
			if (state.pendingcb === 0) {
				state.finished = true;
				stream.emit("finish");
				if (state.autoDestroy) {
					var rState = stream._readableState;
					if (!rState || rState.autoDestroy && rState.endEmitted) stream.destroy();
				}
			}
		}
		return need;
	}
	function endWritable(stream, state, cb) {
		state.ending = true;
		finishMaybe(stream, state);
		if (cb) {
			if (state.finished) process.nextTick(cb);
			else stream.once("finish", cb);
		}
		state.ended = true;
		stream.writable = false;
	}
	function onCorkedFinish(corkReq, state, err) {
		var entry = corkReq.entry;
		corkReq.entry = null;
		while (entry) {
			var cb = entry.callback;
			state.pendingcb--;
			cb(err);
			entry = entry.next;
		}
		state.corkedRequestsFree.next = corkReq;
	}
	Object.defineProperty(Writable.prototype, "destroyed", {
		enumerable: false,
		get: function get() {
			if (this._writableState === void 0) return false;
			return this._writableState.destroyed;
		},
		set: function set(value) {
			if (!this._writableState) return;
			this._writableState.destroyed = value;
		}
	});
	Writable.prototype.destroy = destroyImpl.destroy;
	Writable.prototype._undestroy = destroyImpl.undestroy;
	Writable.prototype._destroy = function(err, cb) {
		cb(err);
	};
}));

// node_modules/readable-stream/lib/_stream_duplex.js
var require__stream_duplex = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var objectKeys = Object.keys || function(obj) {
		var keys = [];
		for (var key in obj) keys.push(key);
		return keys;
	};
	module.exports = Duplex;
	var Readable = require__stream_readable();
	var Writable = require__stream_writable();
	require_inherits()(Duplex, Readable);
	var keys = objectKeys(Writable.prototype);
	for (var v = 0; v < keys.length; v++) {
		var method = keys[v];
		if (!Duplex.prototype[method]) Duplex.prototype[method] = Writable.prototype[method];
	}
	function Duplex(options) {
		if (!(this instanceof Duplex)) return new Duplex(options);
		Readable.call(this, options);
		Writable.call(this, options);
		this.allowHalfOpen = true;
		if (options) {
			if (options.readable === false) this.readable = false;
			if (options.writable === false) this.writable = false;
			if (options.allowHalfOpen === false) {
				this.allowHalfOpen = false;
				this.once("end", onend);
			}
		}
	}
	Object.defineProperty(Duplex.prototype, "writableHighWaterMark", {
		enumerable: false,
		get: function get() {
			return this._writableState.highWaterMark;
		}
	});
	Object.defineProperty(Duplex.prototype, "writableBuffer", {
		enumerable: false,
		get: function get() {
			return this._writableState && this._writableState.getBuffer();
		}
	});
	Object.defineProperty(Duplex.prototype, "writableLength", {
		enumerable: false,
		get: function get() {
			return this._writableState.length;
		}
	});
	function onend() {
		if (this._writableState.ended) return;
		process.nextTick(onEndNT, this);
	}
	function onEndNT(self) {
		self.end();
	}
	Object.defineProperty(Duplex.prototype, "destroyed", {
		enumerable: false,
		get: function get() {
			if (this._readableState === void 0 || this._writableState === void 0) return false;
			return this._readableState.destroyed && this._writableState.destroyed;
		},
		set: function set(value) {
			if (this._readableState === void 0 || this._writableState === void 0) return;
			this._readableState.destroyed = value;
			this._writableState.destroyed = value;
		}
	});
}));

// node_modules/safe-buffer/index.js
var require_safe_buffer = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	/*! safe-buffer. MIT License. Feross Aboukhadijeh <https://feross.org/opensource> */
	var buffer = __require("buffer");
	var Buffer = buffer.Buffer;
	function copyProps(src, dst) {
		for (var key in src) dst[key] = src[key];
	}
	if (Buffer.from && Buffer.alloc && Buffer.allocUnsafe && Buffer.allocUnsafeSlow) module.exports = buffer;
	else {
		copyProps(buffer, exports);
		exports.Buffer = SafeBuffer;
	}
	function SafeBuffer(arg, encodingOrOffset, length) {
		return Buffer(arg, encodingOrOffset, length);
	}
	SafeBuffer.prototype = Object.create(Buffer.prototype);
	copyProps(Buffer, SafeBuffer);
	SafeBuffer.from = function(arg, encodingOrOffset, length) {
		if (typeof arg === "number") throw new TypeError("Argument must not be a number");
		return Buffer(arg, encodingOrOffset, length);
	};
	SafeBuffer.alloc = function(size, fill, encoding) {
		if (typeof size !== "number") throw new TypeError("Argument must be a number");
		var buf = Buffer(size);
		if (fill !== void 0) {
			if (typeof encoding === "string") buf.fill(fill, encoding);
			else buf.fill(fill);
		} else buf.fill(0);
		return buf;
	};
	SafeBuffer.allocUnsafe = function(size) {
		if (typeof size !== "number") throw new TypeError("Argument must be a number");
		return Buffer(size);
	};
	SafeBuffer.allocUnsafeSlow = function(size) {
		if (typeof size !== "number") throw new TypeError("Argument must be a number");
		return buffer.SlowBuffer(size);
	};
}));

// node_modules/string_decoder/lib/string_decoder.js
var require_string_decoder = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Buffer = require_safe_buffer().Buffer;
	var isEncoding = Buffer.isEncoding || function(encoding) {
		encoding = "" + encoding;
		switch (encoding && encoding.toLowerCase()) {
			case "hex":
			case "utf8":
			case "utf-8":
			case "ascii":
			case "binary":
			case "base64":
			case "ucs2":
			case "ucs-2":
			case "utf16le":
			case "utf-16le":
			case "raw": return true;
			default: return false;
		}
	};
	function _normalizeEncoding(enc) {
		if (!enc) return "utf8";
		var retried;
		while (true) switch (enc) {
			case "utf8":
			case "utf-8": return "utf8";
			case "ucs2":
			case "ucs-2":
			case "utf16le":
			case "utf-16le": return "utf16le";
			case "latin1":
			case "binary": return "latin1";
			case "base64":
			case "ascii":
			case "hex": return enc;
			default:
				if (retried) return;
				enc = ("" + enc).toLowerCase();
				retried = true;
		}
	}
	function normalizeEncoding(enc) {
		var nenc = _normalizeEncoding(enc);
		if (typeof nenc !== "string" && (Buffer.isEncoding === isEncoding || !isEncoding(enc))) throw new Error("Unknown encoding: " + enc);
		return nenc || enc;
	}
	exports.StringDecoder = StringDecoder;
	function StringDecoder(encoding) {
		this.encoding = normalizeEncoding(encoding);
		var nb;
		switch (this.encoding) {
			case "utf16le":
				this.text = utf16Text;
				this.end = utf16End;
				nb = 4;
				break;
			case "utf8":
				this.fillLast = utf8FillLast;
				nb = 4;
				break;
			case "base64":
				this.text = base64Text;
				this.end = base64End;
				nb = 3;
				break;
			default:
				this.write = simpleWrite;
				this.end = simpleEnd;
				return;
		}
		this.lastNeed = 0;
		this.lastTotal = 0;
		this.lastChar = Buffer.allocUnsafe(nb);
	}
	StringDecoder.prototype.write = function(buf) {
		if (buf.length === 0) return "";
		var r;
		var i;
		if (this.lastNeed) {
			r = this.fillLast(buf);
			if (r === void 0) return "";
			i = this.lastNeed;
			this.lastNeed = 0;
		} else i = 0;
		if (i < buf.length) return r ? r + this.text(buf, i) : this.text(buf, i);
		return r || "";
	};
	StringDecoder.prototype.end = utf8End;
	StringDecoder.prototype.text = utf8Text;
	StringDecoder.prototype.fillLast = function(buf) {
		if (this.lastNeed <= buf.length) {
			buf.copy(this.lastChar, this.lastTotal - this.lastNeed, 0, this.lastNeed);
			return this.lastChar.toString(this.encoding, 0, this.lastTotal);
		}
		buf.copy(this.lastChar, this.lastTotal - this.lastNeed, 0, buf.length);
		this.lastNeed -= buf.length;
	};
	function utf8CheckByte(byte) {
		if (byte <= 127) return 0;
		else if (byte >> 5 === 6) return 2;
		else if (byte >> 4 === 14) return 3;
		else if (byte >> 3 === 30) return 4;
		return byte >> 6 === 2 ? -1 : -2;
	}
	function utf8CheckIncomplete(self, buf, i) {
		var j = buf.length - 1;
		if (j < i) return 0;
		var nb = utf8CheckByte(buf[j]);
		if (nb >= 0) {
			if (nb > 0) self.lastNeed = nb - 1;
			return nb;
		}
		if (--j < i || nb === -2) return 0;
		nb = utf8CheckByte(buf[j]);
		if (nb >= 0) {
			if (nb > 0) self.lastNeed = nb - 2;
			return nb;
		}
		if (--j < i || nb === -2) return 0;
		nb = utf8CheckByte(buf[j]);
		if (nb >= 0) {
			if (nb > 0) {
				if (nb === 2) nb = 0;
				else self.lastNeed = nb - 3;
			}
			return nb;
		}
		return 0;
	}
	function utf8CheckExtraBytes(self, buf, p) {
		if ((buf[0] & 192) !== 128) {
			self.lastNeed = 0;
			return "�";
		}
		if (self.lastNeed > 1 && buf.length > 1) {
			if ((buf[1] & 192) !== 128) {
				self.lastNeed = 1;
				return "�";
			}
			if (self.lastNeed > 2 && buf.length > 2) {
				if ((buf[2] & 192) !== 128) {
					self.lastNeed = 2;
					return "�";
				}
			}
		}
	}
	function utf8FillLast(buf) {
		var p = this.lastTotal - this.lastNeed;
		var r = utf8CheckExtraBytes(this, buf, p);
		if (r !== void 0) return r;
		if (this.lastNeed <= buf.length) {
			buf.copy(this.lastChar, p, 0, this.lastNeed);
			return this.lastChar.toString(this.encoding, 0, this.lastTotal);
		}
		buf.copy(this.lastChar, p, 0, buf.length);
		this.lastNeed -= buf.length;
	}
	function utf8Text(buf, i) {
		var total = utf8CheckIncomplete(this, buf, i);
		if (!this.lastNeed) return buf.toString("utf8", i);
		this.lastTotal = total;
		var end = buf.length - (total - this.lastNeed);
		buf.copy(this.lastChar, 0, end);
		return buf.toString("utf8", i, end);
	}
	function utf8End(buf) {
		var r = buf && buf.length ? this.write(buf) : "";
		if (this.lastNeed) return r + "�";
		return r;
	}
	function utf16Text(buf, i) {
		if ((buf.length - i) % 2 === 0) {
			var r = buf.toString("utf16le", i);
			if (r) {
				var c = r.charCodeAt(r.length - 1);
				if (c >= 55296 && c <= 56319) {
					this.lastNeed = 2;
					this.lastTotal = 4;
					this.lastChar[0] = buf[buf.length - 2];
					this.lastChar[1] = buf[buf.length - 1];
					return r.slice(0, -1);
				}
			}
			return r;
		}
		this.lastNeed = 1;
		this.lastTotal = 2;
		this.lastChar[0] = buf[buf.length - 1];
		return buf.toString("utf16le", i, buf.length - 1);
	}
	function utf16End(buf) {
		var r = buf && buf.length ? this.write(buf) : "";
		if (this.lastNeed) {
			var end = this.lastTotal - this.lastNeed;
			return r + this.lastChar.toString("utf16le", 0, end);
		}
		return r;
	}
	function base64Text(buf, i) {
		var n = (buf.length - i) % 3;
		if (n === 0) return buf.toString("base64", i);
		this.lastNeed = 3 - n;
		this.lastTotal = 3;
		if (n === 1) this.lastChar[0] = buf[buf.length - 1];
		else {
			this.lastChar[0] = buf[buf.length - 2];
			this.lastChar[1] = buf[buf.length - 1];
		}
		return buf.toString("base64", i, buf.length - n);
	}
	function base64End(buf) {
		var r = buf && buf.length ? this.write(buf) : "";
		if (this.lastNeed) return r + this.lastChar.toString("base64", 0, 3 - this.lastNeed);
		return r;
	}
	function simpleWrite(buf) {
		return buf.toString(this.encoding);
	}
	function simpleEnd(buf) {
		return buf && buf.length ? this.write(buf) : "";
	}
}));

// node_modules/readable-stream/lib/internal/streams/end-of-stream.js
var require_end_of_stream = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var ERR_STREAM_PREMATURE_CLOSE = require_errors().codes.ERR_STREAM_PREMATURE_CLOSE;
	function once(callback) {
		var called = false;
		return function() {
			if (called) return;
			called = true;
			for (var _len = arguments.length, args = new Array(_len), _key = 0; _key < _len; _key++) args[_key] = arguments[_key];
			callback.apply(this, args);
		};
	}
	function noop() {}
	function isRequest(stream) {
		return stream.setHeader && typeof stream.abort === "function";
	}
	function eos(stream, opts, callback) {
		if (typeof opts === "function") return eos(stream, null, opts);
		if (!opts) opts = {};
		callback = once(callback || noop);
		var readable = opts.readable || opts.readable !== false && stream.readable;
		var writable = opts.writable || opts.writable !== false && stream.writable;
		var onlegacyfinish = function onlegacyfinish() {
			if (!stream.writable) onfinish();
		};
		var writableEnded = stream._writableState && stream._writableState.finished;
		var onfinish = function onfinish() {
			writable = false;
			writableEnded = true;
			if (!readable) callback.call(stream);
		};
		var readableEnded = stream._readableState && stream._readableState.endEmitted;
		var onend = function onend() {
			readable = false;
			readableEnded = true;
			if (!writable) callback.call(stream);
		};
		var onerror = function onerror(err) {
			callback.call(stream, err);
		};
		var onclose = function onclose() {
			var err;
			if (readable && !readableEnded) {
				if (!stream._readableState || !stream._readableState.ended) err = new ERR_STREAM_PREMATURE_CLOSE();
				return callback.call(stream, err);
			}
			if (writable && !writableEnded) {
				if (!stream._writableState || !stream._writableState.ended) err = new ERR_STREAM_PREMATURE_CLOSE();
				return callback.call(stream, err);
			}
		};
		var onrequest = function onrequest() {
			stream.req.on("finish", onfinish);
		};
		if (isRequest(stream)) {
			stream.on("complete", onfinish);
			stream.on("abort", onclose);
			if (stream.req) onrequest();
			else stream.on("request", onrequest);
		} else if (writable && !stream._writableState) {
			stream.on("end", onlegacyfinish);
			stream.on("close", onlegacyfinish);
		}
		stream.on("end", onend);
		stream.on("finish", onfinish);
		if (opts.error !== false) stream.on("error", onerror);
		stream.on("close", onclose);
		return function() {
			stream.removeListener("complete", onfinish);
			stream.removeListener("abort", onclose);
			stream.removeListener("request", onrequest);
			if (stream.req) stream.req.removeListener("finish", onfinish);
			stream.removeListener("end", onlegacyfinish);
			stream.removeListener("close", onlegacyfinish);
			stream.removeListener("finish", onfinish);
			stream.removeListener("end", onend);
			stream.removeListener("error", onerror);
			stream.removeListener("close", onclose);
		};
	}
	module.exports = eos;
}));

// node_modules/readable-stream/lib/internal/streams/async_iterator.js
var require_async_iterator = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var _Object$setPrototypeO;
	function _defineProperty(obj, key, value) {
		key = _toPropertyKey(key);
		if (key in obj) Object.defineProperty(obj, key, {
			value,
			enumerable: true,
			configurable: true,
			writable: true
		});
		else obj[key] = value;
		return obj;
	}
	function _toPropertyKey(arg) {
		var key = _toPrimitive(arg, "string");
		return typeof key === "symbol" ? key : String(key);
	}
	function _toPrimitive(input, hint) {
		if (typeof input !== "object" || input === null) return input;
		var prim = input[Symbol.toPrimitive];
		if (prim !== void 0) {
			var res = prim.call(input, hint || "default");
			if (typeof res !== "object") return res;
			throw new TypeError("@@toPrimitive must return a primitive value.");
		}
		return (hint === "string" ? String : Number)(input);
	}
	var finished = require_end_of_stream();
	var kLastResolve = Symbol("lastResolve");
	var kLastReject = Symbol("lastReject");
	var kError = Symbol("error");
	var kEnded = Symbol("ended");
	var kLastPromise = Symbol("lastPromise");
	var kHandlePromise = Symbol("handlePromise");
	var kStream = Symbol("stream");
	function createIterResult(value, done) {
		return {
			value,
			done
		};
	}
	function readAndResolve(iter) {
		var resolve = iter[kLastResolve];
		if (resolve !== null) {
			var data = iter[kStream].read();
			if (data !== null) {
				iter[kLastPromise] = null;
				iter[kLastResolve] = null;
				iter[kLastReject] = null;
				resolve(createIterResult(data, false));
			}
		}
	}
	function onReadable(iter) {
		process.nextTick(readAndResolve, iter);
	}
	function wrapForNext(lastPromise, iter) {
		return function(resolve, reject) {
			lastPromise.then(function() {
				if (iter[kEnded]) {
					resolve(createIterResult(void 0, true));
					return;
				}
				iter[kHandlePromise](resolve, reject);
			}, reject);
		};
	}
	var AsyncIteratorPrototype = Object.getPrototypeOf(function() {});
	var ReadableStreamAsyncIteratorPrototype = Object.setPrototypeOf((_Object$setPrototypeO = {
		get stream() {
			return this[kStream];
		},
		next: function next() {
			var _this = this;
			var error = this[kError];
			if (error !== null) return Promise.reject(error);
			if (this[kEnded]) return Promise.resolve(createIterResult(void 0, true));
			if (this[kStream].destroyed) return new Promise(function(resolve, reject) {
				process.nextTick(function() {
					if (_this[kError]) reject(_this[kError]);
					else resolve(createIterResult(void 0, true));
				});
			});
			var lastPromise = this[kLastPromise];
			var promise;
			if (lastPromise) promise = new Promise(wrapForNext(lastPromise, this));
			else {
				var data = this[kStream].read();
				if (data !== null) return Promise.resolve(createIterResult(data, false));
				promise = new Promise(this[kHandlePromise]);
			}
			this[kLastPromise] = promise;
			return promise;
		}
	}, _defineProperty(_Object$setPrototypeO, Symbol.asyncIterator, function() {
		return this;
	}), _defineProperty(_Object$setPrototypeO, "return", function _return() {
		var _this2 = this;
		return new Promise(function(resolve, reject) {
			_this2[kStream].destroy(null, function(err) {
				if (err) {
					reject(err);
					return;
				}
				resolve(createIterResult(void 0, true));
			});
		});
	}), _Object$setPrototypeO), AsyncIteratorPrototype);
	var createReadableStreamAsyncIterator = function createReadableStreamAsyncIterator(stream) {
		var _Object$create;
		var iterator = Object.create(ReadableStreamAsyncIteratorPrototype, (_Object$create = {}, _defineProperty(_Object$create, kStream, {
			value: stream,
			writable: true
		}), _defineProperty(_Object$create, kLastResolve, {
			value: null,
			writable: true
		}), _defineProperty(_Object$create, kLastReject, {
			value: null,
			writable: true
		}), _defineProperty(_Object$create, kError, {
			value: null,
			writable: true
		}), _defineProperty(_Object$create, kEnded, {
			value: stream._readableState.endEmitted,
			writable: true
		}), _defineProperty(_Object$create, kHandlePromise, {
			value: function value(resolve, reject) {
				var data = iterator[kStream].read();
				if (data) {
					iterator[kLastPromise] = null;
					iterator[kLastResolve] = null;
					iterator[kLastReject] = null;
					resolve(createIterResult(data, false));
				} else {
					iterator[kLastResolve] = resolve;
					iterator[kLastReject] = reject;
				}
			},
			writable: true
		}), _Object$create));
		iterator[kLastPromise] = null;
		finished(stream, function(err) {
			if (err && err.code !== "ERR_STREAM_PREMATURE_CLOSE") {
				var reject = iterator[kLastReject];
				if (reject !== null) {
					iterator[kLastPromise] = null;
					iterator[kLastResolve] = null;
					iterator[kLastReject] = null;
					reject(err);
				}
				iterator[kError] = err;
				return;
			}
			var resolve = iterator[kLastResolve];
			if (resolve !== null) {
				iterator[kLastPromise] = null;
				iterator[kLastResolve] = null;
				iterator[kLastReject] = null;
				resolve(createIterResult(void 0, true));
			}
			iterator[kEnded] = true;
		});
		stream.on("readable", onReadable.bind(null, iterator));
		return iterator;
	};
	module.exports = createReadableStreamAsyncIterator;
}));

// node_modules/readable-stream/lib/internal/streams/from.js
var require_from = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	function asyncGeneratorStep(gen, resolve, reject, _next, _throw, key, arg) {
		try {
			var info = gen[key](arg);
			var value = info.value;
		} catch (error) {
			reject(error);
			return;
		}
		if (info.done) resolve(value);
		else Promise.resolve(value).then(_next, _throw);
	}
	function _asyncToGenerator(fn) {
		return function() {
			var self = this, args = arguments;
			return new Promise(function(resolve, reject) {
				var gen = fn.apply(self, args);
				function _next(value) {
					asyncGeneratorStep(gen, resolve, reject, _next, _throw, "next", value);
				}
				function _throw(err) {
					asyncGeneratorStep(gen, resolve, reject, _next, _throw, "throw", err);
				}
				_next(void 0);
			});
		};
	}
	function ownKeys(object, enumerableOnly) {
		var keys = Object.keys(object);
		if (Object.getOwnPropertySymbols) {
			var symbols = Object.getOwnPropertySymbols(object);
			enumerableOnly && (symbols = symbols.filter(function(sym) {
				return Object.getOwnPropertyDescriptor(object, sym).enumerable;
			})), keys.push.apply(keys, symbols);
		}
		return keys;
	}
	function _objectSpread(target) {
		for (var i = 1; i < arguments.length; i++) {
			var source = null != arguments[i] ? arguments[i] : {};
			i % 2 ? ownKeys(Object(source), !0).forEach(function(key) {
				_defineProperty(target, key, source[key]);
			}) : Object.getOwnPropertyDescriptors ? Object.defineProperties(target, Object.getOwnPropertyDescriptors(source)) : ownKeys(Object(source)).forEach(function(key) {
				Object.defineProperty(target, key, Object.getOwnPropertyDescriptor(source, key));
			});
		}
		return target;
	}
	function _defineProperty(obj, key, value) {
		key = _toPropertyKey(key);
		if (key in obj) Object.defineProperty(obj, key, {
			value,
			enumerable: true,
			configurable: true,
			writable: true
		});
		else obj[key] = value;
		return obj;
	}
	function _toPropertyKey(arg) {
		var key = _toPrimitive(arg, "string");
		return typeof key === "symbol" ? key : String(key);
	}
	function _toPrimitive(input, hint) {
		if (typeof input !== "object" || input === null) return input;
		var prim = input[Symbol.toPrimitive];
		if (prim !== void 0) {
			var res = prim.call(input, hint || "default");
			if (typeof res !== "object") return res;
			throw new TypeError("@@toPrimitive must return a primitive value.");
		}
		return (hint === "string" ? String : Number)(input);
	}
	var ERR_INVALID_ARG_TYPE = require_errors().codes.ERR_INVALID_ARG_TYPE;
	function from(Readable, iterable, opts) {
		var iterator;
		if (iterable && typeof iterable.next === "function") iterator = iterable;
		else if (iterable && iterable[Symbol.asyncIterator]) iterator = iterable[Symbol.asyncIterator]();
		else if (iterable && iterable[Symbol.iterator]) iterator = iterable[Symbol.iterator]();
		else throw new ERR_INVALID_ARG_TYPE("iterable", ["Iterable"], iterable);
		var readable = new Readable(_objectSpread({ objectMode: true }, opts));
		var reading = false;
		readable._read = function() {
			if (!reading) {
				reading = true;
				next();
			}
		};
		function next() {
			return _next2.apply(this, arguments);
		}
		function _next2() {
			_next2 = _asyncToGenerator(function* () {
				try {
					var _yield$iterator$next = yield iterator.next(), value = _yield$iterator$next.value;
					if (_yield$iterator$next.done) readable.push(null);
					else if (readable.push(yield value)) next();
					else reading = false;
				} catch (err) {
					readable.destroy(err);
				}
			});
			return _next2.apply(this, arguments);
		}
		return readable;
	}
	module.exports = from;
}));

// node_modules/readable-stream/lib/_stream_readable.js
var require__stream_readable = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = Readable;
	var Duplex;
	Readable.ReadableState = ReadableState;
	__require("events").EventEmitter;
	var EElistenerCount = function EElistenerCount(emitter, type) {
		return emitter.listeners(type).length;
	};
	var Stream = require_stream();
	var Buffer = __require("buffer").Buffer;
	var OurUint8Array = (typeof global !== "undefined" ? global : typeof window !== "undefined" ? window : typeof self !== "undefined" ? self : {}).Uint8Array || function() {};
	function _uint8ArrayToBuffer(chunk) {
		return Buffer.from(chunk);
	}
	function _isUint8Array(obj) {
		return Buffer.isBuffer(obj) || obj instanceof OurUint8Array;
	}
	var debugUtil = __require("util");
	var debug;
	if (debugUtil && debugUtil.debuglog) debug = debugUtil.debuglog("stream");
	else debug = function debug() {};
	var BufferList = require_buffer_list();
	var destroyImpl = require_destroy();
	var getHighWaterMark = require_state().getHighWaterMark;
	var _require$codes = require_errors().codes;
	var ERR_INVALID_ARG_TYPE = _require$codes.ERR_INVALID_ARG_TYPE;
	var ERR_STREAM_PUSH_AFTER_EOF = _require$codes.ERR_STREAM_PUSH_AFTER_EOF;
	var ERR_METHOD_NOT_IMPLEMENTED = _require$codes.ERR_METHOD_NOT_IMPLEMENTED;
	var ERR_STREAM_UNSHIFT_AFTER_END_EVENT = _require$codes.ERR_STREAM_UNSHIFT_AFTER_END_EVENT;
	var StringDecoder;
	var createReadableStreamAsyncIterator;
	var from;
	require_inherits()(Readable, Stream);
	var errorOrDestroy = destroyImpl.errorOrDestroy;
	var kProxyEvents = [
		"error",
		"close",
		"destroy",
		"pause",
		"resume"
	];
	function prependListener(emitter, event, fn) {
		if (typeof emitter.prependListener === "function") return emitter.prependListener(event, fn);
		if (!emitter._events || !emitter._events[event]) emitter.on(event, fn);
		else if (Array.isArray(emitter._events[event])) emitter._events[event].unshift(fn);
		else emitter._events[event] = [fn, emitter._events[event]];
	}
	function ReadableState(options, stream, isDuplex) {
		Duplex = Duplex || require__stream_duplex();
		options = options || {};
		if (typeof isDuplex !== "boolean") isDuplex = stream instanceof Duplex;
		this.objectMode = !!options.objectMode;
		if (isDuplex) this.objectMode = this.objectMode || !!options.readableObjectMode;
		this.highWaterMark = getHighWaterMark(this, options, "readableHighWaterMark", isDuplex);
		this.buffer = new BufferList();
		this.length = 0;
		this.pipes = null;
		this.pipesCount = 0;
		this.flowing = null;
		this.ended = false;
		this.endEmitted = false;
		this.reading = false;
		this.sync = true;
		this.needReadable = false;
		this.emittedReadable = false;
		this.readableListening = false;
		this.resumeScheduled = false;
		this.paused = true;
		this.emitClose = options.emitClose !== false;
		this.autoDestroy = !!options.autoDestroy;
		this.destroyed = false;
		this.defaultEncoding = options.defaultEncoding || "utf8";
		this.awaitDrain = 0;
		this.readingMore = false;
		this.decoder = null;
		this.encoding = null;
		if (options.encoding) {
			if (!StringDecoder) StringDecoder = require_string_decoder().StringDecoder;
			this.decoder = new StringDecoder(options.encoding);
			this.encoding = options.encoding;
		}
	}
	function Readable(options) {
		Duplex = Duplex || require__stream_duplex();
		if (!(this instanceof Readable)) return new Readable(options);
		var isDuplex = this instanceof Duplex;
		this._readableState = new ReadableState(options, this, isDuplex);
		this.readable = true;
		if (options) {
			if (typeof options.read === "function") this._read = options.read;
			if (typeof options.destroy === "function") this._destroy = options.destroy;
		}
		Stream.call(this);
	}
	Object.defineProperty(Readable.prototype, "destroyed", {
		enumerable: false,
		get: function get() {
			if (this._readableState === void 0) return false;
			return this._readableState.destroyed;
		},
		set: function set(value) {
			if (!this._readableState) return;
			this._readableState.destroyed = value;
		}
	});
	Readable.prototype.destroy = destroyImpl.destroy;
	Readable.prototype._undestroy = destroyImpl.undestroy;
	Readable.prototype._destroy = function(err, cb) {
		cb(err);
	};
	Readable.prototype.push = function(chunk, encoding) {
		var state = this._readableState;
		var skipChunkCheck;
		if (!state.objectMode) {
			if (typeof chunk === "string") {
				encoding = encoding || state.defaultEncoding;
				if (encoding !== state.encoding) {
					chunk = Buffer.from(chunk, encoding);
					encoding = "";
				}
				skipChunkCheck = true;
			}
		} else skipChunkCheck = true;
		return readableAddChunk(this, chunk, encoding, false, skipChunkCheck);
	};
	Readable.prototype.unshift = function(chunk) {
		return readableAddChunk(this, chunk, null, true, false);
	};
	function readableAddChunk(stream, chunk, encoding, addToFront, skipChunkCheck) {
		debug("readableAddChunk", chunk);
		var state = stream._readableState;
		if (chunk === null) {
			state.reading = false;
			onEofChunk(stream, state);
		} else {
			var er;
			if (!skipChunkCheck) er = chunkInvalid(state, chunk);
			if (er) errorOrDestroy(stream, er);
			else if (state.objectMode || chunk && chunk.length > 0) {
				if (typeof chunk !== "string" && !state.objectMode && Object.getPrototypeOf(chunk) !== Buffer.prototype) chunk = _uint8ArrayToBuffer(chunk);
				if (addToFront) {
					if (state.endEmitted) errorOrDestroy(stream, new ERR_STREAM_UNSHIFT_AFTER_END_EVENT());
					else addChunk(stream, state, chunk, true);
				} else if (state.ended) errorOrDestroy(stream, new ERR_STREAM_PUSH_AFTER_EOF());
				else if (state.destroyed) return false;
				else {
					state.reading = false;
					if (state.decoder && !encoding) {
						chunk = state.decoder.write(chunk);
						if (state.objectMode || chunk.length !== 0) addChunk(stream, state, chunk, false);
						else maybeReadMore(stream, state);
					} else addChunk(stream, state, chunk, false);
				}
			} else if (!addToFront) {
				state.reading = false;
				maybeReadMore(stream, state);
			}
		}
		return !state.ended && (state.length < state.highWaterMark || state.length === 0);
	}
	function addChunk(stream, state, chunk, addToFront) {
		if (state.flowing && state.length === 0 && !state.sync) {
			state.awaitDrain = 0;
			stream.emit("data", chunk);
		} else {
			state.length += state.objectMode ? 1 : chunk.length;
			if (addToFront) state.buffer.unshift(chunk);
			else state.buffer.push(chunk);
			if (state.needReadable) emitReadable(stream);
		}
		maybeReadMore(stream, state);
	}
	function chunkInvalid(state, chunk) {
		var er;
		if (!_isUint8Array(chunk) && typeof chunk !== "string" && chunk !== void 0 && !state.objectMode) er = new ERR_INVALID_ARG_TYPE("chunk", [
			"string",
			"Buffer",
			"Uint8Array"
		], chunk);
		return er;
	}
	Readable.prototype.isPaused = function() {
		return this._readableState.flowing === false;
	};
	Readable.prototype.setEncoding = function(enc) {
		if (!StringDecoder) StringDecoder = require_string_decoder().StringDecoder;
		var decoder = new StringDecoder(enc);
		this._readableState.decoder = decoder;
		this._readableState.encoding = this._readableState.decoder.encoding;
		var p = this._readableState.buffer.head;
		var content = "";
		while (p !== null) {
			content += decoder.write(p.data);
			p = p.next;
		}
		this._readableState.buffer.clear();
		if (content !== "") this._readableState.buffer.push(content);
		this._readableState.length = content.length;
		return this;
	};
	var MAX_HWM = 1073741824;
	function computeNewHighWaterMark(n) {
		if (n >= MAX_HWM) n = MAX_HWM;
		else {
			n--;
			n |= n >>> 1;
			n |= n >>> 2;
			n |= n >>> 4;
			n |= n >>> 8;
			n |= n >>> 16;
			n++;
		}
		return n;
	}
	function howMuchToRead(n, state) {
		if (n <= 0 || state.length === 0 && state.ended) return 0;
		if (state.objectMode) return 1;
		if (n !== n) {
			if (state.flowing && state.length) return state.buffer.head.data.length;
			else return state.length;
		}
		if (n > state.highWaterMark) state.highWaterMark = computeNewHighWaterMark(n);
		if (n <= state.length) return n;
		if (!state.ended) {
			state.needReadable = true;
			return 0;
		}
		return state.length;
	}
	Readable.prototype.read = function(n) {
		debug("read", n);
		n = parseInt(n, 10);
		var state = this._readableState;
		var nOrig = n;
		if (n !== 0) state.emittedReadable = false;
		if (n === 0 && state.needReadable && ((state.highWaterMark !== 0 ? state.length >= state.highWaterMark : state.length > 0) || state.ended)) {
			debug("read: emitReadable", state.length, state.ended);
			if (state.length === 0 && state.ended) endReadable(this);
			else emitReadable(this);
			return null;
		}
		n = howMuchToRead(n, state);
		if (n === 0 && state.ended) {
			if (state.length === 0) endReadable(this);
			return null;
		}
		var doRead = state.needReadable;
		debug("need readable", doRead);
		if (state.length === 0 || state.length - n < state.highWaterMark) {
			doRead = true;
			debug("length less than watermark", doRead);
		}
		if (state.ended || state.reading) {
			doRead = false;
			debug("reading or ended", doRead);
		} else if (doRead) {
			debug("do read");
			state.reading = true;
			state.sync = true;
			if (state.length === 0) state.needReadable = true;
			this._read(state.highWaterMark);
			state.sync = false;
			if (!state.reading) n = howMuchToRead(nOrig, state);
		}
		var ret;
		if (n > 0) ret = fromList(n, state);
		else ret = null;
		if (ret === null) {
			state.needReadable = state.length <= state.highWaterMark;
			n = 0;
		} else {
			state.length -= n;
			state.awaitDrain = 0;
		}
		if (state.length === 0) {
			if (!state.ended) state.needReadable = true;
			if (nOrig !== n && state.ended) endReadable(this);
		}
		if (ret !== null) this.emit("data", ret);
		return ret;
	};
	function onEofChunk(stream, state) {
		debug("onEofChunk");
		if (state.ended) return;
		if (state.decoder) {
			var chunk = state.decoder.end();
			if (chunk && chunk.length) {
				state.buffer.push(chunk);
				state.length += state.objectMode ? 1 : chunk.length;
			}
		}
		state.ended = true;
		if (state.sync) emitReadable(stream);
		else {
			state.needReadable = false;
			if (!state.emittedReadable) {
				state.emittedReadable = true;
				emitReadable_(stream);
			}
		}
	}
	function emitReadable(stream) {
		var state = stream._readableState;
		debug("emitReadable", state.needReadable, state.emittedReadable);
		state.needReadable = false;
		if (!state.emittedReadable) {
			debug("emitReadable", state.flowing);
			state.emittedReadable = true;
			process.nextTick(emitReadable_, stream);
		}
	}
	function emitReadable_(stream) {
		var state = stream._readableState;
		debug("emitReadable_", state.destroyed, state.length, state.ended);
		if (!state.destroyed && (state.length || state.ended)) {
			stream.emit("readable");
			state.emittedReadable = false;
		}
		state.needReadable = !state.flowing && !state.ended && state.length <= state.highWaterMark;
		flow(stream);
	}
	function maybeReadMore(stream, state) {
		if (!state.readingMore) {
			state.readingMore = true;
			process.nextTick(maybeReadMore_, stream, state);
		}
	}
	function maybeReadMore_(stream, state) {
		while (!state.reading && !state.ended && (state.length < state.highWaterMark || state.flowing && state.length === 0)) {
			var len = state.length;
			debug("maybeReadMore read 0");
			stream.read(0);
			if (len === state.length) break;
		}
		state.readingMore = false;
	}
	Readable.prototype._read = function(n) {
		errorOrDestroy(this, new ERR_METHOD_NOT_IMPLEMENTED("_read()"));
	};
	Readable.prototype.pipe = function(dest, pipeOpts) {
		var src = this;
		var state = this._readableState;
		switch (state.pipesCount) {
			case 0:
				state.pipes = dest;
				break;
			case 1:
				state.pipes = [state.pipes, dest];
				break;
			default: state.pipes.push(dest);
		}
		state.pipesCount += 1;
		debug("pipe count=%d opts=%j", state.pipesCount, pipeOpts);
		var endFn = (!pipeOpts || pipeOpts.end !== false) && dest !== process.stdout && dest !== process.stderr ? onend : unpipe;
		if (state.endEmitted) process.nextTick(endFn);
		else src.once("end", endFn);
		dest.on("unpipe", onunpipe);
		function onunpipe(readable, unpipeInfo) {
			debug("onunpipe");
			if (readable === src) {
				if (unpipeInfo && unpipeInfo.hasUnpiped === false) {
					unpipeInfo.hasUnpiped = true;
					cleanup();
				}
			}
		}
		function onend() {
			debug("onend");
			dest.end();
		}
		var ondrain = pipeOnDrain(src);
		dest.on("drain", ondrain);
		var cleanedUp = false;
		function cleanup() {
			debug("cleanup");
			dest.removeListener("close", onclose);
			dest.removeListener("finish", onfinish);
			dest.removeListener("drain", ondrain);
			dest.removeListener("error", onerror);
			dest.removeListener("unpipe", onunpipe);
			src.removeListener("end", onend);
			src.removeListener("end", unpipe);
			src.removeListener("data", ondata);
			cleanedUp = true;
			if (state.awaitDrain && (!dest._writableState || dest._writableState.needDrain)) ondrain();
		}
		src.on("data", ondata);
		function ondata(chunk) {
			debug("ondata");
			var ret = dest.write(chunk);
			debug("dest.write", ret);
			if (ret === false) {
				if ((state.pipesCount === 1 && state.pipes === dest || state.pipesCount > 1 && indexOf(state.pipes, dest) !== -1) && !cleanedUp) {
					debug("false write response, pause", state.awaitDrain);
					state.awaitDrain++;
				}
				src.pause();
			}
		}
		function onerror(er) {
			debug("onerror", er);
			unpipe();
			dest.removeListener("error", onerror);
			if (EElistenerCount(dest, "error") === 0) errorOrDestroy(dest, er);
		}
		prependListener(dest, "error", onerror);
		function onclose() {
			dest.removeListener("finish", onfinish);
			unpipe();
		}
		dest.once("close", onclose);
		function onfinish() {
			debug("onfinish");
			dest.removeListener("close", onclose);
			unpipe();
		}
		dest.once("finish", onfinish);
		function unpipe() {
			debug("unpipe");
			src.unpipe(dest);
		}
		dest.emit("pipe", src);
		if (!state.flowing) {
			debug("pipe resume");
			src.resume();
		}
		return dest;
	};
	function pipeOnDrain(src) {
		return function pipeOnDrainFunctionResult() {
			var state = src._readableState;
			debug("pipeOnDrain", state.awaitDrain);
			if (state.awaitDrain) state.awaitDrain--;
			if (state.awaitDrain === 0 && EElistenerCount(src, "data")) {
				state.flowing = true;
				flow(src);
			}
		};
	}
	Readable.prototype.unpipe = function(dest) {
		var state = this._readableState;
		var unpipeInfo = { hasUnpiped: false };
		if (state.pipesCount === 0) return this;
		if (state.pipesCount === 1) {
			if (dest && dest !== state.pipes) return this;
			if (!dest) dest = state.pipes;
			state.pipes = null;
			state.pipesCount = 0;
			state.flowing = false;
			if (dest) dest.emit("unpipe", this, unpipeInfo);
			return this;
		}
		if (!dest) {
			var dests = state.pipes;
			var len = state.pipesCount;
			state.pipes = null;
			state.pipesCount = 0;
			state.flowing = false;
			for (var i = 0; i < len; i++) dests[i].emit("unpipe", this, { hasUnpiped: false });
			return this;
		}
		var index = indexOf(state.pipes, dest);
		if (index === -1) return this;
		state.pipes.splice(index, 1);
		state.pipesCount -= 1;
		if (state.pipesCount === 1) state.pipes = state.pipes[0];
		dest.emit("unpipe", this, unpipeInfo);
		return this;
	};
	Readable.prototype.on = function(ev, fn) {
		var res = Stream.prototype.on.call(this, ev, fn);
		var state = this._readableState;
		if (ev === "data") {
			state.readableListening = this.listenerCount("readable") > 0;
			if (state.flowing !== false) this.resume();
		} else if (ev === "readable") {
			if (!state.endEmitted && !state.readableListening) {
				state.readableListening = state.needReadable = true;
				state.flowing = false;
				state.emittedReadable = false;
				debug("on readable", state.length, state.reading);
				if (state.length) emitReadable(this);
				else if (!state.reading) process.nextTick(nReadingNextTick, this);
			}
		}
		return res;
	};
	Readable.prototype.addListener = Readable.prototype.on;
	Readable.prototype.removeListener = function(ev, fn) {
		var res = Stream.prototype.removeListener.call(this, ev, fn);
		if (ev === "readable") process.nextTick(updateReadableListening, this);
		return res;
	};
	Readable.prototype.removeAllListeners = function(ev) {
		var res = Stream.prototype.removeAllListeners.apply(this, arguments);
		if (ev === "readable" || ev === void 0) process.nextTick(updateReadableListening, this);
		return res;
	};
	function updateReadableListening(self) {
		var state = self._readableState;
		state.readableListening = self.listenerCount("readable") > 0;
		if (state.resumeScheduled && !state.paused) state.flowing = true;
		else if (self.listenerCount("data") > 0) self.resume();
	}
	function nReadingNextTick(self) {
		debug("readable nexttick read 0");
		self.read(0);
	}
	Readable.prototype.resume = function() {
		var state = this._readableState;
		if (!state.flowing) {
			debug("resume");
			state.flowing = !state.readableListening;
			resume(this, state);
		}
		state.paused = false;
		return this;
	};
	function resume(stream, state) {
		if (!state.resumeScheduled) {
			state.resumeScheduled = true;
			process.nextTick(resume_, stream, state);
		}
	}
	function resume_(stream, state) {
		debug("resume", state.reading);
		if (!state.reading) stream.read(0);
		state.resumeScheduled = false;
		stream.emit("resume");
		flow(stream);
		if (state.flowing && !state.reading) stream.read(0);
	}
	Readable.prototype.pause = function() {
		debug("call pause flowing=%j", this._readableState.flowing);
		if (this._readableState.flowing !== false) {
			debug("pause");
			this._readableState.flowing = false;
			this.emit("pause");
		}
		this._readableState.paused = true;
		return this;
	};
	function flow(stream) {
		var state = stream._readableState;
		debug("flow", state.flowing);
		while (state.flowing && stream.read() !== null);
	}
	Readable.prototype.wrap = function(stream) {
		var _this = this;
		var state = this._readableState;
		var paused = false;
		stream.on("end", function() {
			debug("wrapped end");
			if (state.decoder && !state.ended) {
				var chunk = state.decoder.end();
				if (chunk && chunk.length) _this.push(chunk);
			}
			_this.push(null);
		});
		stream.on("data", function(chunk) {
			debug("wrapped data");
			if (state.decoder) chunk = state.decoder.write(chunk);
			if (state.objectMode && (chunk === null || chunk === void 0)) return;
			else if (!state.objectMode && (!chunk || !chunk.length)) return;
			if (!_this.push(chunk)) {
				paused = true;
				stream.pause();
			}
		});
		for (var i in stream) if (this[i] === void 0 && typeof stream[i] === "function") this[i] = function methodWrap(method) {
			return function methodWrapReturnFunction() {
				return stream[method].apply(stream, arguments);
			};
		}(i);
		for (var n = 0; n < kProxyEvents.length; n++) stream.on(kProxyEvents[n], this.emit.bind(this, kProxyEvents[n]));
		this._read = function(n) {
			debug("wrapped _read", n);
			if (paused) {
				paused = false;
				stream.resume();
			}
		};
		return this;
	};
	if (typeof Symbol === "function") Readable.prototype[Symbol.asyncIterator] = function() {
		if (createReadableStreamAsyncIterator === void 0) createReadableStreamAsyncIterator = require_async_iterator();
		return createReadableStreamAsyncIterator(this);
	};
	Object.defineProperty(Readable.prototype, "readableHighWaterMark", {
		enumerable: false,
		get: function get() {
			return this._readableState.highWaterMark;
		}
	});
	Object.defineProperty(Readable.prototype, "readableBuffer", {
		enumerable: false,
		get: function get() {
			return this._readableState && this._readableState.buffer;
		}
	});
	Object.defineProperty(Readable.prototype, "readableFlowing", {
		enumerable: false,
		get: function get() {
			return this._readableState.flowing;
		},
		set: function set(state) {
			if (this._readableState) this._readableState.flowing = state;
		}
	});
	Readable._fromList = fromList;
	Object.defineProperty(Readable.prototype, "readableLength", {
		enumerable: false,
		get: function get() {
			return this._readableState.length;
		}
	});
	function fromList(n, state) {
		if (state.length === 0) return null;
		var ret;
		if (state.objectMode) ret = state.buffer.shift();
		else if (!n || n >= state.length) {
			if (state.decoder) ret = state.buffer.join("");
			else if (state.buffer.length === 1) ret = state.buffer.first();
			else ret = state.buffer.concat(state.length);
			state.buffer.clear();
		} else ret = state.buffer.consume(n, state.decoder);
		return ret;
	}
	function endReadable(stream) {
		var state = stream._readableState;
		debug("endReadable", state.endEmitted);
		if (!state.endEmitted) {
			state.ended = true;
			process.nextTick(endReadableNT, state, stream);
		}
	}
	function endReadableNT(state, stream) {
		debug("endReadableNT", state.endEmitted, state.length);
		if (!state.endEmitted && state.length === 0) {
			state.endEmitted = true;
			stream.readable = false;
			stream.emit("end");
			if (state.autoDestroy) {
				var wState = stream._writableState;
				if (!wState || wState.autoDestroy && wState.finished) stream.destroy();
			}
		}
	}
	if (typeof Symbol === "function") Readable.from = function(iterable, opts) {
		if (from === void 0) from = require_from();
		return from(Readable, iterable, opts);
	};
	function indexOf(xs, x) {
		for (var i = 0, l = xs.length; i < l; i++) if (xs[i] === x) return i;
		return -1;
	}
}));

// node_modules/readable-stream/lib/_stream_transform.js
var require__stream_transform = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = Transform;
	var _require$codes = require_errors().codes;
	var ERR_METHOD_NOT_IMPLEMENTED = _require$codes.ERR_METHOD_NOT_IMPLEMENTED;
	var ERR_MULTIPLE_CALLBACK = _require$codes.ERR_MULTIPLE_CALLBACK;
	var ERR_TRANSFORM_ALREADY_TRANSFORMING = _require$codes.ERR_TRANSFORM_ALREADY_TRANSFORMING;
	var ERR_TRANSFORM_WITH_LENGTH_0 = _require$codes.ERR_TRANSFORM_WITH_LENGTH_0;
	var Duplex = require__stream_duplex();
	require_inherits()(Transform, Duplex);
	function afterTransform(er, data) {
		var ts = this._transformState;
		ts.transforming = false;
		var cb = ts.writecb;
		if (cb === null) return this.emit("error", new ERR_MULTIPLE_CALLBACK());
		ts.writechunk = null;
		ts.writecb = null;
		if (data != null) this.push(data);
		cb(er);
		var rs = this._readableState;
		rs.reading = false;
		if (rs.needReadable || rs.length < rs.highWaterMark) this._read(rs.highWaterMark);
	}
	function Transform(options) {
		if (!(this instanceof Transform)) return new Transform(options);
		Duplex.call(this, options);
		this._transformState = {
			afterTransform: afterTransform.bind(this),
			needTransform: false,
			transforming: false,
			writecb: null,
			writechunk: null,
			writeencoding: null
		};
		this._readableState.needReadable = true;
		this._readableState.sync = false;
		if (options) {
			if (typeof options.transform === "function") this._transform = options.transform;
			if (typeof options.flush === "function") this._flush = options.flush;
		}
		this.on("prefinish", prefinish);
	}
	function prefinish() {
		var _this = this;
		if (typeof this._flush === "function" && !this._readableState.destroyed) this._flush(function(er, data) {
			done(_this, er, data);
		});
		else done(this, null, null);
	}
	Transform.prototype.push = function(chunk, encoding) {
		this._transformState.needTransform = false;
		return Duplex.prototype.push.call(this, chunk, encoding);
	};
	Transform.prototype._transform = function(chunk, encoding, cb) {
		cb(new ERR_METHOD_NOT_IMPLEMENTED("_transform()"));
	};
	Transform.prototype._write = function(chunk, encoding, cb) {
		var ts = this._transformState;
		ts.writecb = cb;
		ts.writechunk = chunk;
		ts.writeencoding = encoding;
		if (!ts.transforming) {
			var rs = this._readableState;
			if (ts.needTransform || rs.needReadable || rs.length < rs.highWaterMark) this._read(rs.highWaterMark);
		}
	};
	Transform.prototype._read = function(n) {
		var ts = this._transformState;
		if (ts.writechunk !== null && !ts.transforming) {
			ts.transforming = true;
			this._transform(ts.writechunk, ts.writeencoding, ts.afterTransform);
		} else ts.needTransform = true;
	};
	Transform.prototype._destroy = function(err, cb) {
		Duplex.prototype._destroy.call(this, err, function(err2) {
			cb(err2);
		});
	};
	function done(stream, er, data) {
		if (er) return stream.emit("error", er);
		if (data != null) stream.push(data);
		if (stream._writableState.length) throw new ERR_TRANSFORM_WITH_LENGTH_0();
		if (stream._transformState.transforming) throw new ERR_TRANSFORM_ALREADY_TRANSFORMING();
		return stream.push(null);
	}
}));

// node_modules/readable-stream/lib/_stream_passthrough.js
var require__stream_passthrough = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = PassThrough;
	var Transform = require__stream_transform();
	require_inherits()(PassThrough, Transform);
	function PassThrough(options) {
		if (!(this instanceof PassThrough)) return new PassThrough(options);
		Transform.call(this, options);
	}
	PassThrough.prototype._transform = function(chunk, encoding, cb) {
		cb(null, chunk);
	};
}));

// node_modules/readable-stream/lib/internal/streams/pipeline.js
var require_pipeline = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var eos;
	function once(callback) {
		var called = false;
		return function() {
			if (called) return;
			called = true;
			callback.apply(void 0, arguments);
		};
	}
	var _require$codes = require_errors().codes;
	var ERR_MISSING_ARGS = _require$codes.ERR_MISSING_ARGS;
	var ERR_STREAM_DESTROYED = _require$codes.ERR_STREAM_DESTROYED;
	function noop(err) {
		if (err) throw err;
	}
	function isRequest(stream) {
		return stream.setHeader && typeof stream.abort === "function";
	}
	function destroyer(stream, reading, writing, callback) {
		callback = once(callback);
		var closed = false;
		stream.on("close", function() {
			closed = true;
		});
		if (eos === void 0) eos = require_end_of_stream();
		eos(stream, {
			readable: reading,
			writable: writing
		}, function(err) {
			if (err) return callback(err);
			closed = true;
			callback();
		});
		var destroyed = false;
		return function(err) {
			if (closed) return;
			if (destroyed) return;
			destroyed = true;
			if (isRequest(stream)) return stream.abort();
			if (typeof stream.destroy === "function") return stream.destroy();
			callback(err || new ERR_STREAM_DESTROYED("pipe"));
		};
	}
	function call(fn) {
		fn();
	}
	function pipe(from, to) {
		return from.pipe(to);
	}
	function popCallback(streams) {
		if (!streams.length) return noop;
		if (typeof streams[streams.length - 1] !== "function") return noop;
		return streams.pop();
	}
	function pipeline() {
		for (var _len = arguments.length, streams = new Array(_len), _key = 0; _key < _len; _key++) streams[_key] = arguments[_key];
		var callback = popCallback(streams);
		if (Array.isArray(streams[0])) streams = streams[0];
		if (streams.length < 2) throw new ERR_MISSING_ARGS("streams");
		var error;
		var destroys = streams.map(function(stream, i) {
			var reading = i < streams.length - 1;
			return destroyer(stream, reading, i > 0, function(err) {
				if (!error) error = err;
				if (err) destroys.forEach(call);
				if (reading) return;
				destroys.forEach(call);
				callback(error);
			});
		});
		return streams.reduce(pipe);
	}
	module.exports = pipeline;
}));

// node_modules/readable-stream/readable.js
var require_readable = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var Stream = __require("stream");
	if (process.env.READABLE_STREAM === "disable" && Stream) {
		module.exports = Stream.Readable;
		Object.assign(module.exports, Stream);
		module.exports.Stream = Stream;
	} else {
		exports = module.exports = require__stream_readable();
		exports.Stream = Stream || exports;
		exports.Readable = exports;
		exports.Writable = require__stream_writable();
		exports.Duplex = require__stream_duplex();
		exports.Transform = require__stream_transform();
		exports.PassThrough = require__stream_passthrough();
		exports.finished = require_end_of_stream();
		exports.pipeline = require_pipeline();
	}
}));

// node_modules/buffer-from/index.js
var require_buffer_from = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var toString = Object.prototype.toString;
	var isModern = typeof Buffer !== "undefined" && typeof Buffer.alloc === "function" && typeof Buffer.allocUnsafe === "function" && typeof Buffer.from === "function";
	function isArrayBuffer(input) {
		return toString.call(input).slice(8, -1) === "ArrayBuffer";
	}
	function fromArrayBuffer(obj, byteOffset, length) {
		byteOffset >>>= 0;
		var maxLength = obj.byteLength - byteOffset;
		if (maxLength < 0) throw new RangeError("'offset' is out of bounds");
		if (length === void 0) length = maxLength;
		else {
			length >>>= 0;
			if (length > maxLength) throw new RangeError("'length' is out of bounds");
		}
		return isModern ? Buffer.from(obj.slice(byteOffset, byteOffset + length)) : new Buffer(new Uint8Array(obj.slice(byteOffset, byteOffset + length)));
	}
	function fromString(string, encoding) {
		if (typeof encoding !== "string" || encoding === "") encoding = "utf8";
		if (!Buffer.isEncoding(encoding)) throw new TypeError("\"encoding\" must be a valid string encoding");
		return isModern ? Buffer.from(string, encoding) : new Buffer(string, encoding);
	}
	function bufferFrom(value, encodingOrOffset, length) {
		if (typeof value === "number") throw new TypeError("\"value\" argument must not be a number");
		if (isArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
		if (typeof value === "string") return fromString(value, encodingOrOffset);
		return isModern ? Buffer.from(value) : new Buffer(value);
	}
	module.exports = bufferFrom;
}));

// node_modules/typedarray/index.js
var require_typedarray = /* @__PURE__ */ __commonJSMin(((exports) => {
	var MAX_ARRAY_LENGTH = 1e5;
	var ECMAScript = function() {
		var opts = Object.prototype.toString, ophop = Object.prototype.hasOwnProperty;
		return {
			Class: function(v) {
				return opts.call(v).replace(/^\[object *|\]$/g, "");
			},
			HasProperty: function(o, p) {
				return p in o;
			},
			HasOwnProperty: function(o, p) {
				return ophop.call(o, p);
			},
			IsCallable: function(o) {
				return typeof o === "function";
			},
			ToInt32: function(v) {
				return v >> 0;
			},
			ToUint32: function(v) {
				return v >>> 0;
			}
		};
	}();
	var LN2 = Math.LN2;
	var abs = Math.abs;
	var floor = Math.floor;
	var log = Math.log;
	var min = Math.min;
	var pow = Math.pow;
	var round = Math.round;
	function configureProperties(obj) {
		if (getOwnPropNames && defineProp) {
			var props = getOwnPropNames(obj), i = 0;
			for (; i < props.length; i += 1) defineProp(obj, props[i], {
				value: obj[props[i]],
				writable: false,
				enumerable: false,
				configurable: false
			});
		}
	}
	var defineProp;
	if (Object.defineProperty && (function() {
		try {
			Object.defineProperty({}, "x", {});
			return true;
		} catch (e) {
			return false;
		}
	})()) defineProp = Object.defineProperty;
	else defineProp = function(o, p, desc) {
		if (!o === Object(o)) throw new TypeError("Object.defineProperty called on non-object");
		if (ECMAScript.HasProperty(desc, "get") && Object.prototype.__defineGetter__) Object.prototype.__defineGetter__.call(o, p, desc.get);
		if (ECMAScript.HasProperty(desc, "set") && Object.prototype.__defineSetter__) Object.prototype.__defineSetter__.call(o, p, desc.set);
		if (ECMAScript.HasProperty(desc, "value")) o[p] = desc.value;
		return o;
	};
	var getOwnPropNames = Object.getOwnPropertyNames || function(o) {
		if (o !== Object(o)) throw new TypeError("Object.getOwnPropertyNames called on non-object");
		var props = [], p;
		for (p in o) if (ECMAScript.HasOwnProperty(o, p)) props.push(p);
		return props;
	};
	function makeArrayAccessors(obj) {
		if (!defineProp) return;
		if (obj.length > MAX_ARRAY_LENGTH) throw new RangeError("Array too large for polyfill");
		function makeArrayAccessor(index) {
			defineProp(obj, index, {
				"get": function() {
					return obj._getter(index);
				},
				"set": function(v) {
					obj._setter(index, v);
				},
				enumerable: true,
				configurable: false
			});
		}
		var i = 0;
		for (; i < obj.length; i += 1) makeArrayAccessor(i);
	}
	function as_signed(value, bits) {
		var s = 32 - bits;
		return value << s >> s;
	}
	function as_unsigned(value, bits) {
		var s = 32 - bits;
		return value << s >>> s;
	}
	function packI8(n) {
		return [n & 255];
	}
	function unpackI8(bytes) {
		return as_signed(bytes[0], 8);
	}
	function packU8(n) {
		return [n & 255];
	}
	function unpackU8(bytes) {
		return as_unsigned(bytes[0], 8);
	}
	function packU8Clamped(n) {
		n = round(Number(n));
		return [n < 0 ? 0 : n > 255 ? 255 : n & 255];
	}
	function packI16(n) {
		return [n >> 8 & 255, n & 255];
	}
	function unpackI16(bytes) {
		return as_signed(bytes[0] << 8 | bytes[1], 16);
	}
	function packU16(n) {
		return [n >> 8 & 255, n & 255];
	}
	function unpackU16(bytes) {
		return as_unsigned(bytes[0] << 8 | bytes[1], 16);
	}
	function packI32(n) {
		return [
			n >> 24 & 255,
			n >> 16 & 255,
			n >> 8 & 255,
			n & 255
		];
	}
	function unpackI32(bytes) {
		return as_signed(bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3], 32);
	}
	function packU32(n) {
		return [
			n >> 24 & 255,
			n >> 16 & 255,
			n >> 8 & 255,
			n & 255
		];
	}
	function unpackU32(bytes) {
		return as_unsigned(bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3], 32);
	}
	function packIEEE754(v, ebits, fbits) {
		var bias = (1 << ebits - 1) - 1, s, e, f, i, bits, str, bytes;
		function roundToEven(n) {
			var w = floor(n), f = n - w;
			if (f < .5) return w;
			if (f > .5) return w + 1;
			return w % 2 ? w + 1 : w;
		}
		if (v !== v) {
			e = (1 << ebits) - 1;
			f = pow(2, fbits - 1);
			s = 0;
		} else if (v === Infinity || v === -Infinity) {
			e = (1 << ebits) - 1;
			f = 0;
			s = v < 0 ? 1 : 0;
		} else if (v === 0) {
			e = 0;
			f = 0;
			s = 1 / v === -Infinity ? 1 : 0;
		} else {
			s = v < 0;
			v = abs(v);
			if (v >= pow(2, 1 - bias)) {
				e = min(floor(log(v) / LN2), 1023);
				f = roundToEven(v / pow(2, e) * pow(2, fbits));
				if (f / pow(2, fbits) >= 2) {
					e = e + 1;
					f = 1;
				}
				if (e > bias) {
					e = (1 << ebits) - 1;
					f = 0;
				} else {
					e = e + bias;
					f = f - pow(2, fbits);
				}
			} else {
				e = 0;
				f = roundToEven(v / pow(2, 1 - bias - fbits));
			}
		}
		bits = [];
		for (i = fbits; i; i -= 1) {
			bits.push(f % 2 ? 1 : 0);
			f = floor(f / 2);
		}
		for (i = ebits; i; i -= 1) {
			bits.push(e % 2 ? 1 : 0);
			e = floor(e / 2);
		}
		bits.push(s ? 1 : 0);
		bits.reverse();
		str = bits.join("");
		bytes = [];
		while (str.length) {
			bytes.push(parseInt(str.substring(0, 8), 2));
			str = str.substring(8);
		}
		return bytes;
	}
	function unpackIEEE754(bytes, ebits, fbits) {
		var bits = [], i = bytes.length, j, b, str, bias, s, e, f;
		for (; i; i -= 1) {
			b = bytes[i - 1];
			for (j = 8; j; j -= 1) {
				bits.push(b % 2 ? 1 : 0);
				b = b >> 1;
			}
		}
		bits.reverse();
		str = bits.join("");
		bias = (1 << ebits - 1) - 1;
		s = parseInt(str.substring(0, 1), 2) ? -1 : 1;
		e = parseInt(str.substring(1, 1 + ebits), 2);
		f = parseInt(str.substring(1 + ebits), 2);
		if (e === (1 << ebits) - 1) return f !== 0 ? NaN : s * Infinity;
		else if (e > 0) return s * pow(2, e - bias) * (1 + f / pow(2, fbits));
		else if (f !== 0) return s * pow(2, -(bias - 1)) * (f / pow(2, fbits));
		else return s < 0 ? -0 : 0;
	}
	function unpackF64(b) {
		return unpackIEEE754(b, 11, 52);
	}
	function packF64(v) {
		return packIEEE754(v, 11, 52);
	}
	function unpackF32(b) {
		return unpackIEEE754(b, 8, 23);
	}
	function packF32(v) {
		return packIEEE754(v, 8, 23);
	}
	(function() {
		/** @constructor */
		var ArrayBuffer = function ArrayBuffer(length) {
			length = ECMAScript.ToInt32(length);
			if (length < 0) throw new RangeError("ArrayBuffer size is not a small enough positive integer");
			this.byteLength = length;
			this._bytes = [];
			this._bytes.length = length;
			var i = 0;
			for (; i < this.byteLength; i += 1) this._bytes[i] = 0;
			configureProperties(this);
		};
		exports.ArrayBuffer = exports.ArrayBuffer || ArrayBuffer;
		/** @constructor */
		var ArrayBufferView = function ArrayBufferView() {};
		function makeConstructor(bytesPerElement, pack, unpack) {
			var ctor = function(buffer, byteOffset, length) {
				var array, sequence, i, s;
				if (!arguments.length || typeof arguments[0] === "number") {
					this.length = ECMAScript.ToInt32(arguments[0]);
					if (length < 0) throw new RangeError("ArrayBufferView size is not a small enough positive integer");
					this.byteLength = this.length * this.BYTES_PER_ELEMENT;
					this.buffer = new ArrayBuffer(this.byteLength);
					this.byteOffset = 0;
				} else if (typeof arguments[0] === "object" && arguments[0].constructor === ctor) {
					array = arguments[0];
					this.length = array.length;
					this.byteLength = this.length * this.BYTES_PER_ELEMENT;
					this.buffer = new ArrayBuffer(this.byteLength);
					this.byteOffset = 0;
					for (i = 0; i < this.length; i += 1) this._setter(i, array._getter(i));
				} else if (typeof arguments[0] === "object" && !(arguments[0] instanceof ArrayBuffer || ECMAScript.Class(arguments[0]) === "ArrayBuffer")) {
					sequence = arguments[0];
					this.length = ECMAScript.ToUint32(sequence.length);
					this.byteLength = this.length * this.BYTES_PER_ELEMENT;
					this.buffer = new ArrayBuffer(this.byteLength);
					this.byteOffset = 0;
					for (i = 0; i < this.length; i += 1) {
						s = sequence[i];
						this._setter(i, Number(s));
					}
				} else if (typeof arguments[0] === "object" && (arguments[0] instanceof ArrayBuffer || ECMAScript.Class(arguments[0]) === "ArrayBuffer")) {
					this.buffer = buffer;
					this.byteOffset = ECMAScript.ToUint32(byteOffset);
					if (this.byteOffset > this.buffer.byteLength) throw new RangeError("byteOffset out of range");
					if (this.byteOffset % this.BYTES_PER_ELEMENT) throw new RangeError("ArrayBuffer length minus the byteOffset is not a multiple of the element size.");
					if (arguments.length < 3) {
						this.byteLength = this.buffer.byteLength - this.byteOffset;
						if (this.byteLength % this.BYTES_PER_ELEMENT) throw new RangeError("length of buffer minus byteOffset not a multiple of the element size");
						this.length = this.byteLength / this.BYTES_PER_ELEMENT;
					} else {
						this.length = ECMAScript.ToUint32(length);
						this.byteLength = this.length * this.BYTES_PER_ELEMENT;
					}
					if (this.byteOffset + this.byteLength > this.buffer.byteLength) throw new RangeError("byteOffset and length reference an area beyond the end of the buffer");
				} else throw new TypeError("Unexpected argument type(s)");
				this.constructor = ctor;
				configureProperties(this);
				makeArrayAccessors(this);
			};
			ctor.prototype = new ArrayBufferView();
			ctor.prototype.BYTES_PER_ELEMENT = bytesPerElement;
			ctor.prototype._pack = pack;
			ctor.prototype._unpack = unpack;
			ctor.BYTES_PER_ELEMENT = bytesPerElement;
			ctor.prototype._getter = function(index) {
				if (arguments.length < 1) throw new SyntaxError("Not enough arguments");
				index = ECMAScript.ToUint32(index);
				if (index >= this.length) return;
				var bytes = [], i = 0, o = this.byteOffset + index * this.BYTES_PER_ELEMENT;
				for (; i < this.BYTES_PER_ELEMENT; i += 1, o += 1) bytes.push(this.buffer._bytes[o]);
				return this._unpack(bytes);
			};
			ctor.prototype.get = ctor.prototype._getter;
			ctor.prototype._setter = function(index, value) {
				if (arguments.length < 2) throw new SyntaxError("Not enough arguments");
				index = ECMAScript.ToUint32(index);
				if (index >= this.length) return;
				var bytes = this._pack(value), i = 0, o = this.byteOffset + index * this.BYTES_PER_ELEMENT;
				for (; i < this.BYTES_PER_ELEMENT; i += 1, o += 1) this.buffer._bytes[o] = bytes[i];
			};
			ctor.prototype.set = function(index, value) {
				if (arguments.length < 1) throw new SyntaxError("Not enough arguments");
				var array, sequence, offset, len, i, s, d, byteOffset, byteLength, tmp;
				if (typeof arguments[0] === "object" && arguments[0].constructor === this.constructor) {
					array = arguments[0];
					offset = ECMAScript.ToUint32(arguments[1]);
					if (offset + array.length > this.length) throw new RangeError("Offset plus length of array is out of range");
					byteOffset = this.byteOffset + offset * this.BYTES_PER_ELEMENT;
					byteLength = array.length * this.BYTES_PER_ELEMENT;
					if (array.buffer === this.buffer) {
						tmp = [];
						for (i = 0, s = array.byteOffset; i < byteLength; i += 1, s += 1) tmp[i] = array.buffer._bytes[s];
						for (i = 0, d = byteOffset; i < byteLength; i += 1, d += 1) this.buffer._bytes[d] = tmp[i];
					} else for (i = 0, s = array.byteOffset, d = byteOffset; i < byteLength; i += 1, s += 1, d += 1) this.buffer._bytes[d] = array.buffer._bytes[s];
				} else if (typeof arguments[0] === "object" && typeof arguments[0].length !== "undefined") {
					sequence = arguments[0];
					len = ECMAScript.ToUint32(sequence.length);
					offset = ECMAScript.ToUint32(arguments[1]);
					if (offset + len > this.length) throw new RangeError("Offset plus length of array is out of range");
					for (i = 0; i < len; i += 1) {
						s = sequence[i];
						this._setter(offset + i, Number(s));
					}
				} else throw new TypeError("Unexpected argument type(s)");
			};
			ctor.prototype.subarray = function(start, end) {
				function clamp(v, min, max) {
					return v < min ? min : v > max ? max : v;
				}
				start = ECMAScript.ToInt32(start);
				end = ECMAScript.ToInt32(end);
				if (arguments.length < 1) start = 0;
				if (arguments.length < 2) end = this.length;
				if (start < 0) start = this.length + start;
				if (end < 0) end = this.length + end;
				start = clamp(start, 0, this.length);
				end = clamp(end, 0, this.length);
				var len = end - start;
				if (len < 0) len = 0;
				return new this.constructor(this.buffer, this.byteOffset + start * this.BYTES_PER_ELEMENT, len);
			};
			return ctor;
		}
		var Int8Array = makeConstructor(1, packI8, unpackI8);
		var Uint8Array = makeConstructor(1, packU8, unpackU8);
		var Uint8ClampedArray = makeConstructor(1, packU8Clamped, unpackU8);
		var Int16Array = makeConstructor(2, packI16, unpackI16);
		var Uint16Array = makeConstructor(2, packU16, unpackU16);
		var Int32Array = makeConstructor(4, packI32, unpackI32);
		var Uint32Array = makeConstructor(4, packU32, unpackU32);
		var Float32Array = makeConstructor(4, packF32, unpackF32);
		var Float64Array = makeConstructor(8, packF64, unpackF64);
		exports.Int8Array = exports.Int8Array || Int8Array;
		exports.Uint8Array = exports.Uint8Array || Uint8Array;
		exports.Uint8ClampedArray = exports.Uint8ClampedArray || Uint8ClampedArray;
		exports.Int16Array = exports.Int16Array || Int16Array;
		exports.Uint16Array = exports.Uint16Array || Uint16Array;
		exports.Int32Array = exports.Int32Array || Int32Array;
		exports.Uint32Array = exports.Uint32Array || Uint32Array;
		exports.Float32Array = exports.Float32Array || Float32Array;
		exports.Float64Array = exports.Float64Array || Float64Array;
	})();
	(function() {
		function r(array, index) {
			return ECMAScript.IsCallable(array.get) ? array.get(index) : array[index];
		}
		var IS_BIG_ENDIAN = function() {
			var u16array = new exports.Uint16Array([4660]);
			return r(new exports.Uint8Array(u16array.buffer), 0) === 18;
		}();
		/** @constructor */
		var DataView = function DataView(buffer, byteOffset, byteLength) {
			if (arguments.length === 0) buffer = new exports.ArrayBuffer(0);
			else if (!(buffer instanceof exports.ArrayBuffer || ECMAScript.Class(buffer) === "ArrayBuffer")) throw new TypeError("TypeError");
			this.buffer = buffer || new exports.ArrayBuffer(0);
			this.byteOffset = ECMAScript.ToUint32(byteOffset);
			if (this.byteOffset > this.buffer.byteLength) throw new RangeError("byteOffset out of range");
			if (arguments.length < 3) this.byteLength = this.buffer.byteLength - this.byteOffset;
			else this.byteLength = ECMAScript.ToUint32(byteLength);
			if (this.byteOffset + this.byteLength > this.buffer.byteLength) throw new RangeError("byteOffset and length reference an area beyond the end of the buffer");
			configureProperties(this);
		};
		function makeGetter(arrayType) {
			return function(byteOffset, littleEndian) {
				byteOffset = ECMAScript.ToUint32(byteOffset);
				if (byteOffset + arrayType.BYTES_PER_ELEMENT > this.byteLength) throw new RangeError("Array index out of range");
				byteOffset += this.byteOffset;
				var uint8Array = new exports.Uint8Array(this.buffer, byteOffset, arrayType.BYTES_PER_ELEMENT), bytes = [], i = 0;
				for (; i < arrayType.BYTES_PER_ELEMENT; i += 1) bytes.push(r(uint8Array, i));
				if (Boolean(littleEndian) === Boolean(IS_BIG_ENDIAN)) bytes.reverse();
				return r(new arrayType(new exports.Uint8Array(bytes).buffer), 0);
			};
		}
		DataView.prototype.getUint8 = makeGetter(exports.Uint8Array);
		DataView.prototype.getInt8 = makeGetter(exports.Int8Array);
		DataView.prototype.getUint16 = makeGetter(exports.Uint16Array);
		DataView.prototype.getInt16 = makeGetter(exports.Int16Array);
		DataView.prototype.getUint32 = makeGetter(exports.Uint32Array);
		DataView.prototype.getInt32 = makeGetter(exports.Int32Array);
		DataView.prototype.getFloat32 = makeGetter(exports.Float32Array);
		DataView.prototype.getFloat64 = makeGetter(exports.Float64Array);
		function makeSetter(arrayType) {
			return function(byteOffset, value, littleEndian) {
				byteOffset = ECMAScript.ToUint32(byteOffset);
				if (byteOffset + arrayType.BYTES_PER_ELEMENT > this.byteLength) throw new RangeError("Array index out of range");
				var typeArray = new arrayType([value]), byteArray = new exports.Uint8Array(typeArray.buffer), bytes = [], i = 0, byteView;
				for (; i < arrayType.BYTES_PER_ELEMENT; i += 1) bytes.push(r(byteArray, i));
				if (Boolean(littleEndian) === Boolean(IS_BIG_ENDIAN)) bytes.reverse();
				byteView = new exports.Uint8Array(this.buffer, byteOffset, arrayType.BYTES_PER_ELEMENT);
				byteView.set(bytes);
			};
		}
		DataView.prototype.setUint8 = makeSetter(exports.Uint8Array);
		DataView.prototype.setInt8 = makeSetter(exports.Int8Array);
		DataView.prototype.setUint16 = makeSetter(exports.Uint16Array);
		DataView.prototype.setInt16 = makeSetter(exports.Int16Array);
		DataView.prototype.setUint32 = makeSetter(exports.Uint32Array);
		DataView.prototype.setInt32 = makeSetter(exports.Int32Array);
		DataView.prototype.setFloat32 = makeSetter(exports.Float32Array);
		DataView.prototype.setFloat64 = makeSetter(exports.Float64Array);
		exports.DataView = exports.DataView || DataView;
	})();
}));

// node_modules/concat-stream/index.js
var require_concat_stream = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var Writable = require_readable().Writable;
	var inherits = require_inherits();
	var bufferFrom = require_buffer_from();
	if (typeof Uint8Array === "undefined") var U8 = require_typedarray().Uint8Array;
	else var U8 = Uint8Array;
	function ConcatStream(opts, cb) {
		if (!(this instanceof ConcatStream)) return new ConcatStream(opts, cb);
		if (typeof opts === "function") {
			cb = opts;
			opts = {};
		}
		if (!opts) opts = {};
		var encoding = opts.encoding;
		var shouldInferEncoding = false;
		if (!encoding) shouldInferEncoding = true;
		else {
			encoding = String(encoding).toLowerCase();
			if (encoding === "u8" || encoding === "uint8") encoding = "uint8array";
		}
		Writable.call(this, { objectMode: true });
		this.encoding = encoding;
		this.shouldInferEncoding = shouldInferEncoding;
		if (cb) this.on("finish", function() {
			cb(this.getBody());
		});
		this.body = [];
	}
	module.exports = ConcatStream;
	inherits(ConcatStream, Writable);
	ConcatStream.prototype._write = function(chunk, enc, next) {
		this.body.push(chunk);
		next();
	};
	ConcatStream.prototype.inferEncoding = function(buff) {
		var firstBuffer = buff === void 0 ? this.body[0] : buff;
		if (Buffer.isBuffer(firstBuffer)) return "buffer";
		if (typeof Uint8Array !== "undefined" && firstBuffer instanceof Uint8Array) return "uint8array";
		if (Array.isArray(firstBuffer)) return "array";
		if (typeof firstBuffer === "string") return "string";
		if (Object.prototype.toString.call(firstBuffer) === "[object Object]") return "object";
		return "buffer";
	};
	ConcatStream.prototype.getBody = function() {
		if (!this.encoding && this.body.length === 0) return [];
		if (this.shouldInferEncoding) this.encoding = this.inferEncoding();
		if (this.encoding === "array") return arrayConcat(this.body);
		if (this.encoding === "string") return stringConcat(this.body);
		if (this.encoding === "buffer") return bufferConcat(this.body);
		if (this.encoding === "uint8array") return u8Concat(this.body);
		return this.body;
	};
	Array.isArray;
	function isArrayish(arr) {
		return /Array\]$/.test(Object.prototype.toString.call(arr));
	}
	function isBufferish(p) {
		return typeof p === "string" || isArrayish(p) || p && typeof p.subarray === "function";
	}
	function stringConcat(parts) {
		var strings = [];
		for (var i = 0; i < parts.length; i++) {
			var p = parts[i];
			if (typeof p === "string") strings.push(p);
			else if (Buffer.isBuffer(p)) strings.push(p);
			else if (isBufferish(p)) strings.push(bufferFrom(p));
			else strings.push(bufferFrom(String(p)));
		}
		if (Buffer.isBuffer(parts[0])) {
			strings = Buffer.concat(strings);
			strings = strings.toString("utf8");
		} else strings = strings.join("");
		return strings;
	}
	function bufferConcat(parts) {
		var bufs = [];
		for (var i = 0; i < parts.length; i++) {
			var p = parts[i];
			if (Buffer.isBuffer(p)) bufs.push(p);
			else if (isBufferish(p)) bufs.push(bufferFrom(p));
			else bufs.push(bufferFrom(String(p)));
		}
		return Buffer.concat(bufs);
	}
	function arrayConcat(parts) {
		var res = [];
		for (var i = 0; i < parts.length; i++) res.push.apply(res, parts[i]);
		return res;
	}
	function u8Concat(parts) {
		var len = 0;
		for (var i = 0; i < parts.length; i++) {
			if (typeof parts[i] === "string") parts[i] = bufferFrom(parts[i]);
			len += parts[i].length;
		}
		var u8 = new U8(len);
		for (var i = 0, offset = 0; i < parts.length; i++) {
			var part = parts[i];
			for (var j = 0; j < part.length; j++) u8[offset++] = part[j];
		}
		return u8;
	}
}));

// node_modules/ssh2-sftp-client/src/constants.js
var require_constants = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const errorCode = {
		generic: "ERR_GENERIC_CLIENT",
		connect: "ERR_NOT_CONNECTED",
		badPath: "ERR_BAD_PATH",
		permission: "EACCES",
		notexist: "ENOENT",
		notdir: "ENOTDIR",
		badAuth: "ERR_BAD_AUTH"
	};
	const targetType = {
		writeFile: 1,
		readFile: 2,
		writeDir: 3,
		readDir: 4,
		readObj: 5,
		writeObj: 6
	};
	module.exports = {
		errorCode,
		targetType
	};
}));

// node_modules/ssh2-sftp-client/src/utils.js
var require_utils = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const { statSync, constants, accessSync } = __require("node:fs");
	const { dirname } = __require("node:path");
	const { errorCode } = require_constants();
	function eventHandled(client) {
		if (client.errorHandled || client.endHandled || client.closeHandled) return true;
		return false;
	}
	function globalListener(client, evt, eventCallbacks) {
		if (evt === "error") return (err) => {
			if (client.errorHandled) {
				client.debugMsg(`Global error event: Ignoring handled error ${err.message}`);
				return;
			}
			client.debugMsg(`Global error event: ${err.message}`);
			client.errorHandled = true;
			if (eventCallbacks?.error) eventCallbacks.error(err);
		};
		if (evt === "end") return () => {
			if (client.endCalled || client.endHandled) {
				client.debugMsg("Global end event: Ignoring handled end event");
				return;
			}
			client.debugMsg("Global end event: Handling end event");
			client.endHandled = true;
			if (eventCallbacks?.end) eventCallbacks.end();
		};
		return () => {
			if (client.endCalled || client.closeHandled) client.debugMsg("Global close event: Ignoring handled close event");
			else {
				client.debugMsg("Global close event: Handling close event");
				client.closeHandled = true;
				client.sftp = void 0;
				if (eventCallbacks?.close) eventCallbacks.close();
			}
		};
	}
	/**
	* Simple default error listener. Will reformat the error message and
	* throw a new error.
	*
	* @param {Error} err - source for defining new error
	* @throws {Error} Throws new error
	*/
	function errorListener(client, name, reject) {
		const fn = function(err) {
			if (eventHandled(client)) {
				client.debugMsg(`${name} errorListener - ignoring handled error ${err.message}`);
				return;
			}
			if (name === "end" && client.endCalled && err.code === "ECONNRESET") {
				client.debugMsg(`${name} errorListener - ignoring ${err.message} on end`);
				return;
			}
			if (err.code === "ECONNRESET") client.sftp = void 0;
			client.debugMsg(`${name} errorListener - handling error ${err.message}`);
			client.errorHandled = true;
			const newError = /* @__PURE__ */ new Error(`${name}: ${err.message}`);
			newError.code = err.code;
			if (reject) reject(newError);
			else throw newError;
		};
		return fn;
	}
	function endListener(client, name, reject) {
		const fn = function() {
			client.sftp = void 0;
			if (client.endCalled || eventHandled(client)) {
				client.debugMsg(`${name} endListener - ignoring handled end event`);
				return;
			}
			client.endHandled = true;
			client.debugMsg(`${name} endListener - handling unexpected end event`);
			const newError = /* @__PURE__ */ new Error(`${name}: Unexpected end event`);
			newError.code = errorCode.generic;
			if (reject) reject(newError);
			else throw newError;
		};
		return fn;
	}
	function closeListener(client, name, reject) {
		const fn = function() {
			client.sftp = void 0;
			if (client.endCalled || eventHandled(client)) {
				client.debugMsg(`${name} closeListener - ignoring handled close event`);
				return;
			}
			client.closeHandled = true;
			client.debugMsg(`${name} closeListener - handling unexpected close event`);
			const newError = /* @__PURE__ */ new Error(`${name}: Unexpected close event`);
			newError.code = errorCode.generic;
			if (reject) reject(newError);
			else throw newError;
		};
		return fn;
	}
	function addTempListeners(client, name, reject) {
		const listeners = {
			end: endListener(client, name, reject),
			close: closeListener(client, name, reject),
			error: errorListener(client, name, reject)
		};
		client.on("end", listeners.end);
		client.on("close", listeners.close);
		client.on("error", listeners.error);
		client._resetEventFlags();
		return listeners;
	}
	function removeTempListeners(client, listeners, name) {
		try {
			client.removeListener("end", listeners.end);
			client.removeListener("close", listeners.close);
			client.removeListener("error", listeners.error);
		} catch (err) {
			throw new Error(`${name}: Error removing temp listeners: ${err.message}`);
		}
	}
	/**
	* Checks to verify local object exists. Returns a character string representing the type
	* type of local object if it exists, false if it doesn't.
	*
	* Return codes: l = symbolic link
	*               - = regular file
	*               d = directory
	*               s = socket
	*
	* @param {string} filePath - path to local object
	* @returns {string | boolean} returns a string for object type if it exists, false otherwise
	*/
	function localExists(filePath) {
		const stats = statSync(filePath, { throwIfNoEntry: false });
		if (!stats) return false;
		else if (stats.isDirectory()) return "d";
		else if (stats.isFile()) return "-";
		else {
			const err = /* @__PURE__ */ new Error(`Bad path: ${filePath}: target must be a file or directory`);
			err.code = errorCode.badPath;
			throw err;
		}
	}
	/**
	* Verify access to local object. Returns an object with properties for status, type,
	* details and code.
	*
	* return object {
	*                 status: true if exists and can be accessed, false otherwise
	*                 type: type of object '-' = file, 'd' = dir, 'l' = link, 's' = socket
	*                 details: 'access ok' if object can be accessed, 'not found' if
	*                          object does not exist, 'permission denied' if access denied
	*                 code: error code if object does not exist or permission denied
	*              }
	*
	* @param {string} filePath = path to local object
	* @param {string} mode = access mode - either 'r' or 'w'. Defaults to 'r'
	* @returns {Object} with properties status, type, details and code
	*/
	function haveLocalAccess(filePath, mode = "r") {
		const accessMode = constants.F_OK | mode === "w" ? constants.W_OK : constants.R_OK;
		try {
			accessSync(filePath, accessMode);
			return {
				status: true,
				type: localExists(filePath),
				details: "access OK",
				code: 0
			};
		} catch (err) {
			switch (err.errno) {
				case -2: return {
					status: false,
					type: null,
					details: "not exist",
					code: -2
				};
				case -13: return {
					status: false,
					type: localExists(filePath),
					details: "permission denied",
					code: -13
				};
				case -20: return {
					status: false,
					type: null,
					details: "parent not a directory"
				};
				default: return {
					status: false,
					type: null,
					details: err.message
				};
			}
		}
	}
	/**
	* Checks to verify the object specified by filePath can either be written to or created
	* if it doens't already exist. If it does not exist, checks to see if the parent entry in the
	* path is a directory and can be written to. Returns an object with the same format as the object
	* returned by 'haveLocalAccess'.
	*
	* @param {string} filePath - path to object to be created or written t
	* @returns {Object} Object with properties status, type, destils and code
	*/
	function haveLocalCreate(filePath) {
		const { status, details, type } = haveLocalAccess(filePath, "w");
		if (!status) {
			if (details === "permission denied") return {
				status,
				details,
				type
			};
			const dirPath = dirname(filePath);
			const localCheck = haveLocalAccess(dirPath, "w");
			if (!localCheck.status) return {
				status: localCheck.status,
				details: `${dirPath}: ${localCheck.details}`,
				type: null
			};
			if (localCheck.type !== "d") return {
				status: false,
				details: `${dirPath}: not a directory`,
				type: null
			};
			return {
				status: true,
				details: "access OK",
				type: null,
				code: 0
			};
		}
		return {
			status,
			details,
			type
		};
	}
	async function normalizeRemotePath(client, aPath) {
		try {
			if (aPath.startsWith("..")) return `${await client.realPath("..")}/${aPath.slice(3)}`;
			else if (aPath.startsWith(".")) return `${await client.realPath(".")}/${aPath.slice(2)}`;
			return aPath;
		} catch (err) {
			throw new Error(`normalizeRemotePath: ${err.message}`);
		}
	}
	/**
	* Check to see if there is an active sftp connection
	*
	* @param {Object} client - current sftp object
	* @param {String} name - name given to this connection
	* @param {Function} reject - if defined, call this rather than throw
	*                            an error
	* @returns {Boolean} True if connection OK
	* @throws {Error}
	*/
	function haveConnection(client, name, reject) {
		if (!client.sftp) {
			const newError = /* @__PURE__ */ new Error(`${name}: No SFTP connection available`);
			newError.code = errorCode.connect;
			if (reject) {
				reject(newError);
				return false;
			} else throw newError;
		}
		return true;
	}
	function sleep(ms) {
		return new Promise((resolve, reject) => {
			try {
				if (Number.isNaN(Number.parseInt(ms)) || ms < 0) reject("Argument must be a number >= 0");
				else setTimeout(() => {
					resolve(true);
				}, ms);
			} catch (err) {
				reject(err);
			}
		});
	}
	function partition(input, size) {
		let output = [];
		if (size < 1) throw new Error("Partition size must be greater than zero");
		for (let i = 0; i < input.length; i += size) output[output.length] = input.slice(i, i + size);
		return output;
	}
	module.exports = {
		globalListener,
		errorListener,
		endListener,
		closeListener,
		addTempListeners,
		removeTempListeners,
		haveLocalAccess,
		haveLocalCreate,
		normalizeRemotePath,
		localExists,
		haveConnection,
		sleep,
		partition
	};
}));

// node_modules/ssh2-sftp-client/src/index.js
var require_src = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const { Client } = require_lib();
	const fs = __require("node:fs");
	const concat = require_concat_stream();
	const { join, parse } = __require("node:path");
	const { globalListener, addTempListeners, removeTempListeners, haveConnection, normalizeRemotePath, localExists, haveLocalAccess, haveLocalCreate, partition } = require_utils();
	const { errorCode } = require_constants();
	var SftpClient = class {
		constructor(clientName = "sftp", callbacks = {
			error: (err) => console.error(`Global error listener: ${err.message}`),
			end: () => console.log("Global end listener: end event raised"),
			close: () => console.log("Global close listener: close event raised")
		}) {
			this.version = "12.0.1";
			this.client = new Client();
			this.sftp = void 0;
			this.clientName = clientName;
			this.endCalled = false;
			this.errorHandled = false;
			this.closeHandled = false;
			this.endHandled = false;
			this.remotePlatform = "unix";
			this.debug = void 0;
			this.promiseLimit = 10;
			this.eventCallbacks = callbacks;
			this.client.on("close", globalListener(this, "close", this.eventCallbacks));
			this.client.on("end", globalListener(this, "end", this.eventCallbacks));
			this.client.on("error", globalListener(this, "error", this.eventCallbacks));
		}
		debugMsg(msg, obj) {
			if (this.debug) {
				if (obj) this.debug(`CLIENT[${this.clientName}]: ${msg} ${JSON.stringify(obj, null, " ")}`);
				else this.debug(`CLIENT[${this.clientName}]: ${msg}`);
			}
		}
		fmtError(err, name = "sftp", eCode, retryCount) {
			let msg = "";
			let code = "";
			if (err === void 0) {
				msg = `${name}: Undefined error - probably a bug!`;
				code = errorCode.generic;
			} else if (typeof err === "string") {
				msg = `${name}: ${err}`;
				code = eCode || errorCode.generic;
			} else if (err.custom) {
				msg = `${name}->${err.message}`;
				code = err.code;
			} else {
				switch (err.code) {
					case "ENOTFOUND":
						msg = `${name}: Address lookup failed for host`;
						break;
					case "ECONNREFUSED":
						msg = `${name}: Remote host refused connection`;
						break;
					case "ECONNRESET":
						msg = `${name}: Remote host has reset the connection: ${err.message}`;
						break;
					default: msg = `${name}: ${err.message}`;
				}
				code = err.code || errorCode.generic;
			}
			const newError = new Error(msg);
			newError.code = code;
			newError.custom = true;
			this.debugMsg(`${newError.message} (${newError.code})`);
			return newError;
		}
		/**
		* Add a listner to the client object. This is rarely necessary and can be
		* the source of errors. It is the client's responsibility to remove the
		* listeners when no longer required. Failure to do so can result in memory
		* leaks.
		*
		* @param {string} eventType - one of the supported event types
		* @param {function} callback - function called when event triggers
		*/
		on(eventType, callback) {
			this.client.prependListener(eventType, callback);
		}
		removeListener(eventType, callback) {
			this.client.removeListener(eventType, callback);
		}
		_resetEventFlags() {
			this.closeHandled = false;
			this.endHandled = false;
			this.errorHandled = false;
		}
		/**
		*
		* Create a new SFTP connection to a remote SFTP server.
		* The connection options are the same as those offered
		* by the underlying SSH2 module.
		*
		* @param {Object} config - an SFTP configuration object
		*
		* @return {Promise<Object>} which will resolve to an sftp client object
		*/
		connect(config) {
			let doReady, listeners;
			return new Promise((resolve, reject) => {
				listeners = addTempListeners(this, "getConnection", reject);
				if (config.debug) {
					this.debug = config.debug;
					this.debugMsg("connect: Debugging turned on");
					this.debugMsg(`ssh2-sftp-client Version: ${this.version} `, process.versions);
				}
				this.promiseLimit = config.promiseLimit ?? 10;
				doReady = () => {
					this.client.sftp((err, sftp) => {
						if (err) reject(this.fmtError(err));
						else {
							this.sftp = sftp;
							resolve(sftp);
						}
					});
				};
				this.on("ready", doReady);
				try {
					if (this.sftp) reject(this.fmtError("An existing SFTP connection is already defined", "connect", errorCode.connect));
					else this.client.connect(config);
				} catch (err) {
					this.end();
					reject(err);
				}
			}).finally(() => {
				this.removeListener("ready", doReady);
				removeTempListeners(this, listeners, "getConnection");
				this._resetEventFlags();
			});
		}
		/**
		* @async
		*
		* Returns the real absolute path on the remote server. Is able to handle
		* both '.' and '..' in path names, but not '~'. If the path is relative
		* then the current working directory is prepended to create an absolute path.
		* Returns undefined if the path does not exists.
		*
		* @param {String} remotePath - remote path, may be relative
		* @param {Boolean} addListeners - (Optional) add event listeners. Default = true
		* @returns {Promise<String>} - remote absolute path or ''
		*/
		realPath(remotePath, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "realPath", reject);
				this.sftp.realpath(remotePath, (err, absPath) => {
					if (err) {
						if (err.code === 2) resolve("");
						else reject(this.fmtError(`${err.message} ${remotePath}`, "realPath", err.code));
					}
					resolve(absPath);
				});
			}).finally(() => {
				if (addListeners) {
					removeTempListeners(this, listeners, "realPath");
					this._resetEventFlags();
				}
			});
		}
		/**
		* @async
		*
		* Return the current workding directory path
		*
		* @returns {Promise<String>} - current remote working directory
		*/
		cwd() {
			return this.realPath(".");
		}
		/**
		* Retrieves attributes for path using cmd, which is either
		* this.sftp.stat or this.sftp.lstat
		*
		* @param {Function} cmd - either this.sftp.stat or this.sftp.lstat
		* @param {String} remotePath - a string containing the path to a file
		* @param {Boolean} addListeners - (Optional) if true add event listeners. Default true.
		* @return {Promise<Object>} stats - attributes info
		*/
		_xstat(cmd, aPath, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				const cb = (err, stats) => {
					if (err) {
						if (err.code === 2 || err.code === 4) reject(this.fmtError(`No such file: ${aPath}`, "_xstat", errorCode.notexist));
						else reject(this.fmtError(`${err.message} ${aPath}`, "_xstat", err.code));
					} else resolve({
						mode: stats.mode,
						uid: stats.uid,
						gid: stats.gid,
						size: stats.size,
						accessTime: stats.atime * 1e3,
						modifyTime: stats.mtime * 1e3,
						isDirectory: stats.isDirectory(),
						isFile: stats.isFile(),
						isBlockDevice: stats.isBlockDevice(),
						isCharacterDevice: stats.isCharacterDevice(),
						isSymbolicLink: stats.isSymbolicLink(),
						isFIFO: stats.isFIFO(),
						isSocket: stats.isSocket()
					});
				};
				if (addListeners) listeners = addTempListeners(this, "_xstat", reject);
				if (cmd === "stat") this.sftp.stat(aPath, cb);
				else this.sftp.lstat(aPath, cb);
			}).finally(() => {
				if (addListeners) {
					removeTempListeners(this, listeners, "_xstat");
					this._resetEventFlags();
				}
			});
		}
		async stat(remotePath) {
			try {
				haveConnection(this, "stat");
				return await this._xstat("stat", remotePath);
			} catch (err) {
				throw err.custom ? err : this.fmtError(err, "stat", err.code);
			}
		}
		async lstat(remotePath) {
			try {
				haveConnection(this, "lstat");
				return await this._xstat("lstat", remotePath);
			} catch (err) {
				throw err.custom ? err : this.fmtError(err, "lstat", err.code);
			}
		}
		/**
		* @async
		*
		* Tests to see if an object exists. If it does, return the type of that object
		* (in the format returned by list). If it does not exist, return false.
		*
		* @param {string} remotePath - path to the object on the sftp server.
		*
		* @return {Promise<Boolean|String>} returns false if object does not exist. Returns type of
		*                   object if it does
		*/
		async exists(remotePath) {
			try {
				if (remotePath === ".") return "d";
				const info = await this.lstat(remotePath);
				if (info.isDirectory) return "d";
				else if (info.isSymbolicLink) return "l";
				else if (info.isFile) return "-";
				else return false;
			} catch (err) {
				if (err.code === errorCode.notexist) return false;
				throw err.custom ? err : this.fmtError(err.message, "exists", err.code);
			}
		}
		/**
		* @async
		*
		* List contents of a remote directory. If a pattern is provided,
		* filter the results to only include files with names that match
		* the supplied pattern. Return value is an array of file entry
		* objects that include properties for type, name, size, modifyTime,
		* accessTime, rights {user, group other}, owner and group.
		*
		* @param {String} remotePath - path to remote directory
		* @param {function} filter - a filter function used to select return entries
		* @param {Boolean} addListeners - (Optional) if true, add listeners. Default true
		* @returns {Promise<Array>} array of file description objects
		*/
		list(remotePath, filter, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "list", reject);
				if (haveConnection(this, "list", reject)) this.sftp.readdir(remotePath, (err, fileList) => {
					if (err) reject(this.fmtError(`${err.message} ${remotePath}`, "list", err.code));
					else {
						const reg = /-/gi;
						const newList = fileList.map((item) => {
							return {
								type: item.longname.slice(0, 1),
								name: item.filename,
								size: item.attrs.size,
								modifyTime: item.attrs.mtime * 1e3,
								accessTime: item.attrs.atime * 1e3,
								rights: {
									user: item.longname.slice(1, 4).replaceAll(reg, ""),
									group: item.longname.slice(4, 7).replaceAll(reg, ""),
									other: item.longname.slice(7, 10).replaceAll(reg, "")
								},
								owner: item.attrs.uid,
								group: item.attrs.gid,
								longname: item.longname
							};
						});
						if (filter) resolve(newList.filter((item) => filter(item)));
						else resolve(newList);
					}
				});
			}).finally(() => {
				if (addListeners) {
					removeTempListeners(this, listeners, "list");
					this._resetEventFlags();
				}
			});
		}
		/**
		* get file
		*
		* If a dst argument is provided, it must be either a string, representing the
		* local path to where the data will be put, a stream, in which case data is
		* piped into the stream or undefined, in which case the data is returned as
		* a Buffer object.
		*
		* @param {String} remotePath - remote file path
		* @param {string|stream|undefined} dst - data destination
		* @param {Object} options - options object with supported properties of readStreamOptions,
		*                          writeStreamOptions and pipeOptions.
		* @param {Boolean} addListeners - (Optional) if true, add listeners. Default true
		*
		* *Important Note*: The ability to set ''autoClose' on read/write streams and 'end' on pipe() calls
		* is no longer supported. New methods 'createReadStream()' and 'createWriteStream()' have been
		* added to support low-level access to stream objects.
		*
		* @return {Promise<String|Stream|Buffer>}
		*/
		get(remotePath, dst, options, addListeners = true) {
			let listeners, rdr, wtr;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "get", reject);
				if (haveConnection(this, "get", reject)) {
					options = {
						readStreamOptions: {
							...options?.readStreamOptions,
							autoClose: true
						},
						writeStreamOptions: {
							...options?.writeStreamOptions,
							autoClose: true
						},
						pipeOptions: {
							...options?.pipeOptions,
							end: true
						}
					};
					rdr = this.sftp.createReadStream(remotePath, options.readStreamOptions);
					rdr.on("error", (err) => {
						if (dst && typeof dst === "string" && wtr && !wtr.destroyed) wtr.destroy();
						reject(this.fmtError(`${err.message} ${remotePath}`, "get", err.code));
					});
					if (dst === void 0) wtr = concat((buff) => {
						resolve(buff);
					});
					else if (typeof dst === "string") {
						const localCheck = haveLocalCreate(dst);
						if (localCheck.status) wtr = fs.createWriteStream(dst, options.writeStreamOptions);
						else reject(this.fmtError(`Bad path: ${dst}: ${localCheck.details}`, "get", localCheck.code));
					} else wtr = dst;
					wtr.on("error", (err) => {
						reject(this.fmtError(`${err.message} ${typeof dst === "string" ? dst : "<stream>"}`, "get", err.code));
					});
					rdr.once("end", () => {
						if (typeof dst === "string") resolve(dst);
						else if (dst !== void 0) resolve(wtr);
					});
					rdr.pipe(wtr, options.pipeOptions);
				}
			}).finally(() => {
				if (rdr && !rdr.destroyed) rdr.destroy();
				if (addListeners) {
					removeTempListeners(this, listeners, "get");
					this._resetEventFlags();
				}
			});
		}
		/**
		* Use SSH2 fastGet for downloading the file.
		* Downloads a file at remotePath to localPath using parallel reads
		* for faster throughput.
		*
		* WARNING: The functionality of fastGet is heavily dependent on the capabilities
		* of the remote SFTP server. Not all sftp server support or fully support this
		* functionality. See the Platform Quirks & Warnings section of the README.
		*
		* @param {String} remotePath
		* @param {String} localPath
		* @param {Object} options
		* @return {Promise<String>} the result of downloading the file
		*/
		_fastGet(rPath, lPath, opts, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "_fastGet", reject);
				if (haveConnection(this, "_fastGet", reject)) this.sftp.fastGet(rPath, lPath, opts, (err) => {
					if (err) reject(this.fmtError(`${err.message} Remote: ${rPath} Local: ${lPath}`));
					resolve(`${rPath} was successfully download to ${lPath}!`);
				});
			}).finally(() => {
				if (addListeners) {
					removeTempListeners(this, listeners, "_fastGet");
					this._resetEventFlags();
				}
			});
		}
		async fastGet(remotePath, localPath, options) {
			try {
				const ftype = await this.exists(remotePath);
				if (ftype !== "-") {
					const msg = `${ftype ? "Not a regular file" : "No such file "} ${remotePath}`;
					throw this.fmtError(msg, "fastGet", errorCode.badPath);
				}
				const localCheck = haveLocalCreate(localPath);
				if (!localCheck.status) throw this.fmtError(`Bad path: ${localPath}: ${localCheck.details}`, "fastGet", errorCode.badPath);
				return await this._fastGet(remotePath, localPath, options);
			} catch (err) {
				throw this.fmtError(err, "fastGet");
			}
		}
		/**
		* Use SSH2 fastPut for uploading the file.
		* Uploads a file from localPath to remotePath using parallel reads
		* for faster throughput.
		*
		* See 'fastPut' at
		* https://github.com/mscdex/ssh2-streams/blob/master/SFTPStream.md
		*
		* WARNING: The fastPut functionality is heavily dependent on the capabilities of
		* the remote sftp server. Many sftp servers do not support or do not fully support this
		* functionality. See the Platform Quirks & Warnings section of the README for more details.
		*
		* @param {String} localPath - path to local file to put
		* @param {String} remotePath - destination path for put file
		* @param {Object} options - additonal fastPut options
		* @param {Boolean} addListeners - (Optional) if true, add listeners. Default true.
		* @return {Promise<String>} the result of downloading the file
		*/
		_fastPut(lPath, rPath, opts, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "_fastPut", reject);
				if (haveConnection(this, "_fastPut", reject)) this.sftp.fastPut(lPath, rPath, opts, (err) => {
					if (err) reject(this.fmtError(`${err.message} Local: ${lPath} Remote: ${rPath}`, "fastPut", err.code));
					resolve(`${lPath} was successfully uploaded to ${rPath}!`);
				});
			}).finally(() => {
				if (addListeners) {
					removeTempListeners(this, listeners, "_fastPut");
					this._resetEventFlags();
				}
			});
		}
		async fastPut(localPath, remotePath, options) {
			try {
				const localCheck = haveLocalAccess(localPath);
				if (!localCheck.status) throw this.fmtError(`Bad path: ${localPath}: ${localCheck.details}`, "fastPut", localCheck.code);
				else if (localCheck.status && localExists(localPath) === "d") throw this.fmtError(`Bad path: ${localPath} not a regular file`, "fastgPut", errorCode.badPath);
				return await this._fastPut(localPath, remotePath, options);
			} catch (e) {
				throw e.custom ? e : this.fmtError(e.message, "fastPut", e.code);
			}
		}
		/**
		* Create a file on the remote server. The 'src' argument
		* can be a buffer, string or read stream. If 'src' is a string, it
		* should be the path to a local file.
		*
		* @param  {String|Buffer|stream} localSrc - source data to use
		* @param  {String} remotePath - path to remote file
		* @param  {Object} options - options used for read, write stream and pipe configuration
		*                            value supported by node. Allowed properties are readStreamOptions,
		*                            writeStreamOptions and pipeOptions.
		*
		* *Important Note*: The ability to set ''autoClose' on read/write streams and 'end' on pipe() calls
		* is no longer supported. New methods 'createReadStream()' and 'createWriteStream()' have been
		* added to support low-level access to stream objects.
		*
		* @return {Promise<String>}
		*/
		_put(lPath, rPath, opts, addListeners = true) {
			let listeners, wtr, rdr;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "_put", reject);
				opts = {
					readStreamOptions: {
						...opts?.readStreamOptions,
						autoClose: true
					},
					writeStreamOptions: {
						...opts?.writeStreamOptions,
						autoClose: true
					},
					pipeOptions: {
						...opts?.pipeOptions,
						end: true
					}
				};
				if (haveConnection(this, "_put", reject)) {
					wtr = this.sftp.createWriteStream(rPath, opts.writeStreamOptions);
					wtr.on("error", (err) => {
						if (typeof lPath === "string" && rdr && !rdr.destroyed) rdr.destroy();
						reject(this.fmtError(`Write stream error: ${err.message} ${rPath}`, "_put", err.code));
					});
					wtr.once("close", () => {
						resolve(`Uploaded data stream to ${rPath}`);
					});
					if (lPath instanceof Buffer) wtr.end(lPath);
					else {
						if (typeof lPath === "string") rdr = fs.createReadStream(lPath, opts.readStreamOptions);
						else rdr = lPath;
						rdr.on("error", (err) => {
							reject(this.fmtError(`Read stream error: ${err.message} ${typeof lPath === "string" ? lPath : "<stream>"}`, "_put", err.code));
						});
						rdr.pipe(wtr, opts.pipeOptions);
					}
				}
			}).finally(() => {
				if (wtr && !wtr.destroyed) wtr.destroy();
				if (addListeners) {
					removeTempListeners(this, listeners, "_put");
					this._resetEventFlags();
				}
			});
		}
		async put(localSrc, remotePath, options) {
			try {
				if (typeof localSrc === "string") {
					const localCheck = haveLocalAccess(localSrc);
					if (!localCheck.status) throw this.fmtError(`Bad path: ${localSrc} ${localCheck.details}`, "put", localCheck.code);
				}
				return await this._put(localSrc, remotePath, options);
			} catch (e) {
				throw e.custom ? e : this.fmtError(`Re-thrown: ${e.message}`, "put", e.code);
			}
		}
		/**
		* Append to an existing remote file
		*
		* @param  {Buffer|stream} input
		* @param  {String} remotePath
		* @param  {Object} options
		* @return {Promise<String>}
		*/
		_append(input, rPath, opts, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "_append", reject);
				if (haveConnection(this, "_append", reject)) {
					opts.flags = "a";
					const stream = this.sftp.createWriteStream(rPath, opts);
					stream.on("error", (err) => {
						reject(this.fmtError(`${err.message} ${rPath}`, "append", err.code));
					});
					stream.on("close", () => {
						resolve(`Appended data to ${rPath}`);
					});
					if (input instanceof Buffer) {
						stream.write(input);
						stream.end();
					} else input.pipe(stream);
				}
			}).finally(() => {
				if (addListeners) {
					removeTempListeners(this, listeners, "_append");
					this._resetEventFlags();
				}
			});
		}
		async append(input, remotePath, options = {}) {
			try {
				if (typeof input === "string") throw this.fmtError("Cannot append one file to another", "append", errorCode.badPath);
				const fileType = await this.exists(remotePath);
				if (fileType && fileType === "d") throw this.fmtError(`Bad path: ${remotePath}: cannot append to a directory`, "append", errorCode.badPath);
				return await this._append(input, remotePath, options);
			} catch (e) {
				throw e.custom ? e : this.fmtError(e.message, "append", e.code);
			}
		}
		/**
		* @async
		*
		* Make a directory on remote server
		*
		* @param {string} remotePath - remote directory path.
		* @param {boolean} recursive - if true, recursively create directories
		* @return {Promise<String>}
		*/
		_doMkdir(p, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "_doMkdir", reject);
				this.sftp.mkdir(p, (err) => {
					if (err) {
						if (err.code === 4) reject(this.fmtError(`Bad path: ${p} permission denied`, "_doMkdir", errorCode.badPath));
						else if (err.code === 2) reject(this.fmtError(`Bad path: ${p} parent not a directory or not exist`, "_doMkdir", errorCode.badPath));
						else reject(this.fmtError(`${err.message} ${p}`, "_doMkdir", err.code));
					} else resolve(`${p} directory created`);
				});
			}).finally(() => {
				if (addListeners) {
					removeTempListeners(this, listeners, "_doMkdir");
					this._resetEventFlags();
				}
			});
		}
		async _mkdir(remotePath, recursive) {
			try {
				const rPath = await normalizeRemotePath(this, remotePath);
				const targetExists = await this.exists(rPath);
				if (targetExists && targetExists !== "d") throw this.fmtError(`Bad path: ${rPath} already exists as a file`, "_mkdir", errorCode.badPath);
				else if (targetExists) return `${rPath} already exists`;
				if (!recursive) return await this._doMkdir(rPath);
				const dir = parse(rPath).dir;
				if (dir) {
					const dirExists = await this.exists(dir);
					if (!dirExists) await this._mkdir(dir, true);
					else if (dirExists !== "d") throw this.fmtError(`Bad path: ${dir} not a directory`, "_mkdir", errorCode.badPath);
				}
				return await this._doMkdir(rPath);
			} catch (err) {
				throw err.custom ? err : this.fmtError(`${err.message} ${remotePath}`, "_mkdir", err.code);
			}
		}
		async mkdir(remotePath, recursive = false) {
			try {
				haveConnection(this, "mkdir");
				return await this._mkdir(remotePath, recursive);
			} catch (err) {
				throw this.fmtError(`${err.message}`, "mkdir", err.code);
			}
		}
		/**
		* @async
		*
		* Remove directory on remote server
		*
		* @param {string} remotePath - path to directory to be removed
		* @param {boolean} recursive - if true, remove directories/files in target
		*                             directory
		* @return {Promise<String>}
		*/
		async rmdir(remoteDir, recursive = false) {
			const _rmdir = (dir) => {
				let listeners;
				return new Promise((resolve, reject) => {
					listeners = addTempListeners(this, "_rmdir", reject);
					this.sftp.rmdir(dir, (err) => {
						if (err) reject(this.fmtError(`${err.message} ${dir}`, "rmdir", err.code));
						resolve("Successfully removed directory");
					});
				}).finally(() => {
					removeTempListeners(this, listeners, "_rmdir");
					this._resetEventFlags();
				});
			};
			const _delFiles = (path, fileList) => {
				let listeners;
				return new Promise((resolve, reject) => {
					listeners = addTempListeners(this, "_delFiles", reject);
					const pList = [];
					for (const f of fileList) pList.push(this.delete(`${path}/${f.name}`, true, false));
					resolve(pList);
				}).then((p) => {
					return Promise.all(p);
				}).finally(() => {
					removeTempListeners(this, listeners, "_delFiles");
				});
			};
			try {
				const absPath = await normalizeRemotePath(this, remoteDir);
				const existStatus = await this.exists(absPath);
				if (!existStatus) throw this.fmtError(`Bad Path: ${remoteDir}: No such directory`, "rmdir", errorCode.badPath);
				if (existStatus !== "d") throw this.fmtError(`Bad Path: ${remoteDir}: Not a directory`, "rmdir", errorCode.badPath);
				if (!recursive) return await _rmdir(absPath);
				const listing = await this.list(absPath);
				if (!listing.length) return await _rmdir(absPath);
				const fileList = listing.filter((i) => i.type !== "d");
				const dirList = listing.filter((i) => i.type === "d");
				await _delFiles(absPath, fileList);
				for (const d of dirList) await this.rmdir(`${absPath}/${d.name}`, true);
				await _rmdir(absPath);
				return "Successfully removed directory";
			} catch (err) {
				throw err.custom ? err : this.fmtError(`${err.message} ${remoteDir}`, "rmdir", err.code);
			}
		}
		/**
		* @async
		*
		* Delete a file on the remote SFTP server
		*
		* @param {string} remotePath - path to the file to delete
		* @param {boolean} notFoundOK - if true, ignore errors for missing target.
		*                               Default is false.
		* @return {Promise<String>} with string 'Successfully deleted file' once resolved
		*/
		delete(remotePath, notFoundOK = false, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "delete", reject);
				this.sftp.unlink(remotePath, (err) => {
					if (err) {
						if (notFoundOK && err.code === 2) resolve(`Successfully deleted ${remotePath}`);
						else reject(this.fmtError(`${err.message} ${remotePath}`, "delete", err.code));
					}
					resolve(`Successfully deleted ${remotePath}`);
				});
			}).finally(() => {
				if (addListeners) {
					removeTempListeners(this, listeners, "delete");
					this._resetEventFlags();
				}
			});
		}
		/**
		* @async
		*
		* Rename a file on the remote SFTP repository
		*
		* @param {string} fromPath - path to the file to be renamed.
		* @param {string} toPath - path to the new name.
		* @param {Boolean} addListeners - (Optional) if true, add listeners. Default true
		*
		* @return {Promise<String>}
		*/
		rename(fPath, tPath, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "rename", reject);
				if (haveConnection(this, "rename", reject)) this.sftp.rename(fPath, tPath, (err) => {
					if (err) reject(this.fmtError(`${err.message} From: ${fPath} To: ${tPath}`, "_rename", err.code));
					resolve(`Successfully renamed ${fPath} to ${tPath}`);
				});
			}).finally(() => {
				if (addListeners) {
					removeTempListeners(this, listeners, "rename");
					this._resetEventFlags();
				}
			});
		}
		/**
		* @async
		*
		* Rename a file on the remote SFTP repository using the SSH extension
		* posix-rename@openssh.com using POSIX atomic rename. (Introduced in SSH 4.8)
		*
		* @param {string} fromPath - path to the file to be renamed.
		* @param {string} toPath - path  the new name.
		* @param {Boolean} addListeners - (Optional) if true, add listeners. Default true
		*
		* @return {Promise<String>}
		*/
		posixRename(fPath, tPath, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "posixRename", reject);
				if (haveConnection(this, "posixRename", reject)) this.sftp.ext_openssh_rename(fPath, tPath, (err) => {
					if (err) reject(this.fmtError(`${err.message} From: ${fPath} To: ${tPath}`, "_posixRename", err.code));
					resolve(`Successful POSIX rename ${fPath} to ${tPath}`);
				});
			}).finally(() => {
				removeTempListeners(this, listeners, "posixRename");
				this._resetEventFlags();
			});
		}
		/**
		* @async
		*
		* Change the mode of a remote file on the SFTP repository
		*
		* @param {string} remotePath - path to the remote target object.
		* @param {number | string} mode - the new octal mode to set
		* @param {boolean} addListeners - (Optional) if true, add listeners. Default true.
		*
		* @return {Promise<String>}
		*/
		chmod(rPath, mode, addListeners = true) {
			let listeners;
			return new Promise((resolve, reject) => {
				if (addListeners) listeners = addTempListeners(this, "chmod", reject);
				if (haveConnection(this, "chmod", reject)) this.sftp.chmod(rPath, mode, (err) => {
					if (err) reject(this.fmtError(`${err.message} ${rPath}`, "_chmod", err.code));
					resolve("Successfully change file mode");
				});
			}).finally(() => {
				if (addListeners) {
					removeTempListeners(this, listeners, "chmod");
					this._resetEventFlags();
				}
			});
		}
		/**
		* @async
		*
		* Upload the specified source directory to the specified destination
		* directory. All regular files and sub-directories are uploaded to the remote
		* server.
		* @param {String} srcDir - local source directory
		* @param {String} dstDir - remote destination directory
		* @param {Object} options - (Optional) An object with 2 supported properties,
		* 'filter' and 'useFastput'. Filter is a function of two arguments.
		* The first argument is the full path of a directory entry from the directory
		* to be uploaded and the second argument is a boolean, which will be true if
		* the target path is for a directory. If the function returns true, this item
		* will be uploaded and excluded when it returns false. The 'useFastput' property is a
		* boolean value. When true, the 'fastPut()' method will be used to upload files. Default
		* is to use the slower, but more supported 'put()' method.
		*
		* @returns {Promise<Array>}
		*/
		async uploadDir(srcDir, dstDir, options) {
			const getRemoteStatus = async (dstDir) => {
				const absDstDir = await normalizeRemotePath(this, dstDir);
				const status = await this.exists(absDstDir);
				if (status && status !== "d") throw this.fmtError(`Bad path ${absDstDir} Not a directory`, "getRemoteStatus", errorCode.badPath);
				return {
					remoteDir: absDstDir,
					remoteStatus: status
				};
			};
			const checkLocalStatus = (srcDir) => {
				const srcType = localExists(srcDir);
				if (!srcType) throw this.fmtError(`Bad path: ${srcDir} not exist`, "getLocalStatus", errorCode.badPath);
				if (srcType !== "d") throw this.fmtError(`Bad path: ${srcDir}: not a directory`, "getLocalStatus", errorCode.badPath);
				return srcType;
			};
			const uploadFiles = async (srcDir, dstDir, fileList, useFastput) => {
				let listeners = addTempListeners(this, "uploadFiles");
				try {
					const uploadList = [];
					for (const f of fileList) {
						const src = join(srcDir, f.name);
						const dst = `${dstDir}/${f.name}`;
						uploadList.push([src, dst]);
					}
					const uploadGroups = partition(uploadList, this.promiseLimit);
					const func = useFastput ? this._fastPut.bind(this) : this._put.bind(this);
					const uploadResults = [];
					for (const group of uploadGroups) {
						const pList = [];
						for (const [src, dst] of group) {
							pList.push(func(src, dst, null, false));
							this.client.emit("upload", {
								source: src,
								destination: dst
							});
						}
						const groupResults = await Promise.all(pList);
						for (const r of groupResults) uploadResults.push(r);
					}
					return uploadResults;
				} catch (e) {
					throw this.fmtError(`${e.message} ${srcDir} to ${dstDir}`, "uploadFiles", e.code);
				} finally {
					removeTempListeners(this, listeners, uploadFiles);
					this._resetEventFlags();
				}
			};
			try {
				haveConnection(this, "uploadDir");
				const { remoteDir, remoteStatus } = await getRemoteStatus(dstDir);
				checkLocalStatus(srcDir);
				if (!remoteStatus) await this._mkdir(remoteDir, true);
				let dirEntries = fs.readdirSync(srcDir, {
					encoding: "utf8",
					withFileTypes: true
				});
				if (options?.filter) dirEntries = dirEntries.filter((item) => options.filter(join(srcDir, item.name), item.isDirectory()));
				const dirUploads = dirEntries.filter((item) => item.isDirectory());
				await uploadFiles(srcDir, remoteDir, dirEntries.filter((item) => !item.isDirectory()), options?.useFastput);
				for (const d of dirUploads) {
					const src = join(srcDir, d.name);
					const dst = `${remoteDir}/${d.name}`;
					await this.uploadDir(src, dst, options);
				}
				return `${srcDir} uploaded to ${dstDir}`;
			} catch (err) {
				throw err.custom ? err : this.fmtError(`${err.message} ${srcDir}`, "uploadDir", err.code);
			}
		}
		/**
		* @async
		*
		* Download the specified source directory to the specified destination
		* directory. All regular files and sub-directories are downloaded to the local
		* file system.
		* @param {String} srcDir - remote source directory
		* @param {String} dstDir - local destination directory
		* @param {Object} options - (Optional) Object with 2 supported properties,
		* 'filter' and 'useFastget'. The filter property is a function of two
		* arguments. The first argument is the full path of the item to be downloaded
		* and the second argument is a boolean, which will be true if the target path
		* is for a directory. If the function returns true, the item will be
		* downloaded and excluded if teh function returns false.
		*
		* @returns {Promise<Array>}
		*/
		async downloadDir(srcDir, dstDir, options = {
			filter: null,
			useFastget: false
		}) {
			const getDownloadList = async (srcDir, filter) => {
				try {
					const listing = await this.list(srcDir);
					if (filter) return listing.filter((item) => filter(`${srcDir}/${item.name}`, item.type === "d"));
					return listing;
				} catch (err) {
					throw err.custom ? err : this.fmtError(err.message, "_getDownloadList", err.code);
				}
			};
			const prepareDestination = (dst) => {
				try {
					const localCheck = haveLocalCreate(dst);
					if (!localCheck.status && localCheck.details === "permission denied") throw this.fmtError(`Bad path: ${dst}: ${localCheck.details}`, "prepareDestination", localCheck.code);
					else if (localCheck.status && !localCheck.type) fs.mkdirSync(dst, { recursive: true });
					else if (localCheck.status && localCheck.type !== "d") throw this.fmtError(`Bad path: ${dstDir}: not a directory`, "_prepareDestination", errorCode.badPath);
				} catch (err) {
					throw err.custom ? err : this.fmtError(err.message, "_prepareDestination", err.code);
				}
			};
			const downloadFiles = async (remotePath, localPath, fileList, useFastget) => {
				let listeners = addTempListeners(this, "downloadFIles");
				try {
					const downloadList = [];
					for (const f of fileList) {
						const src = `${remotePath}/${f.name}`;
						const dst = join(localPath, f.name);
						downloadList.push([src, dst]);
					}
					const downloadGroups = partition(downloadList, this.promiseLimit);
					const func = useFastget ? this._fastGet.bind(this) : this.get.bind(this);
					const downloadResults = [];
					for (const group of downloadGroups) {
						const pList = [];
						for (const [src, dst] of group) {
							pList.push(func(src, dst, null, false));
							this.client.emit("download", {
								source: src,
								destination: dst
							});
						}
						const groupResults = await Promise.all(pList);
						for (const r of groupResults) downloadResults.push(r);
					}
					return downloadResults;
				} catch (e) {
					throw this.fmtError(`${e.message} ${srcDir} to ${dstDir}`, "downloadFiles", e.code);
				} finally {
					removeTempListeners(this, listeners, "downloadFiles");
					this._resetEventFlags();
				}
			};
			try {
				haveConnection(this, "downloadDir");
				const downloadList = await getDownloadList(srcDir, options.filter);
				prepareDestination(dstDir);
				const fileDownloads = downloadList.filter((i) => i.type !== "d");
				if (fileDownloads.length) await downloadFiles(srcDir, dstDir, fileDownloads, options.useFastget);
				const dirDownloads = downloadList.filter((i) => i.type === "d");
				for (const d of dirDownloads) {
					const src = `${srcDir}/${d.name}`;
					const dst = join(dstDir, d.name);
					await this.downloadDir(src, dst, options);
				}
				return `${srcDir} downloaded to ${dstDir}`;
			} catch (err) {
				throw err.custom ? err : this.fmtError(`${err.message}: ${srcDir}`, "downloadDir", err.code);
			}
		}
		/**
		* Returns a read stream object. This is a low level method which will return a read stream
		* connected to the remote file object specified as an argument. Client code is fully responsible
		* for managing this stream object i.e. adding any necessary listeners and disposing of the object etc.
		* See the SSH2 sftp documentation for details on possible options which can be used.
		*
		* @param {String} remotePath - path to remote file to attach stream to
		* @param {Object} options - options to pass to the create stream process
		*
		* @returns {Object} a read stream object
		*/
		createReadStream(remotePath, options) {
			let listeners;
			try {
				listeners = addTempListeners(this, "createReadStream");
				haveConnection(this, "createReadStream");
				return this.sftp.createReadStream(remotePath, options);
			} catch (err) {
				throw err.custom ? err : this.fmtError(err.message, "createReadStream", err.code);
			} finally {
				removeTempListeners(this, listeners, "createReadStream");
				this._resetEventFlags();
			}
		}
		/**
		* Create a write stream object connected to a file on the remote sftp server.
		* This is a low level method which will return a write stream for the remote file specified
		* in the 'remotePath' argument. Client code to responsible for managing this object once created.
		* This includes disposing of file handles, setting up any necessary event listeners etc.
		*
		* @param {String} remotePath - path to the remote file on the sftp server
		* @param (Object} options - options to pass to the create write stream process)
		*
		* @returns {Object} a stream object
		*/
		createWriteStream(remotePath, options) {
			let listeners;
			try {
				listeners = addTempListeners(this, "createWriteStream");
				haveConnection(this, "createWriteStream");
				return this.sftp.createWriteStream(remotePath, options);
			} catch (err) {
				throw err.custom ? err : this.fmtError(err.message, "createWriteStream", err.code);
			} finally {
				removeTempListeners(this, listeners, "createWriteStream");
				this._resetEventFlags();
			}
		}
		/**
		* @async
		*
		* Make a remote copy of a remote file. Create a copy of a remote file on the remote
		* server. It is assumed the directory where the copy will be placed already exists.
		* The destination file must not already exist.
		*
		* @param {String} srcPath - path to the remote file to be copied
		* @param {String} dstPath - destination path for the copy.
		*
		* @returns {String}.
		*/
		_rcopy(srcPath, dstPath) {
			return new Promise((resolve, reject) => {
				const ws = this.sftp.createWriteStream(dstPath);
				const rs = this.sftp.createReadStream(srcPath);
				ws.on("error", (err) => {
					reject(this.fmtError(`${err.message} ${dstPath}`, "_rcopy"));
				});
				rs.on("error", (err) => {
					reject(this.fmtError(`${err.message} ${srcPath}`, "_rcopy"));
				});
				ws.on("close", () => {
					resolve(`${srcPath} copied to ${dstPath}`);
				});
				rs.pipe(ws);
			});
		}
		async rcopy(src, dst) {
			let listeners;
			try {
				listeners = addTempListeners(this, "rcopy");
				haveConnection(this, "rcopy");
				const srcPath = await normalizeRemotePath(this, src);
				const srcExists = await this.exists(srcPath);
				if (!srcExists) throw this.fmtError(`Source does not exist ${srcPath}`, "rcopy", errorCode.badPath);
				if (srcExists !== "-") throw this.fmtError(`Source not a file ${srcPath}`, "rcopy", errorCode.badPath);
				const dstPath = await normalizeRemotePath(this, dst);
				if (await this.exists(dstPath)) throw this.fmtError(`Destination already exists ${dstPath}`, "rcopy", errorCode.badPath);
				return this._rcopy(srcPath, dstPath);
			} catch (err) {
				throw err.custom ? err : this.fmtError(err, "rcopy");
			} finally {
				removeTempListeners(this, listeners, "rcopy");
				this._resetEventFlags();
			}
		}
		/**
		* @async
		*
		* End the SFTP connection
		*
		* @returns {Promise<Boolean>}
		*/
		end() {
			let endCloseHandler, listeners;
			return new Promise((resolve, reject) => {
				listeners = addTempListeners(this, "end", reject);
				this.endCalled = true;
				endCloseHandler = () => {
					this.sftp = void 0;
					this.debugMsg("end: Connection closed");
					resolve(true);
				};
				this.on("close", endCloseHandler);
				if (this.sftp) {
					this.debugMsg("end: Ending SFTP connection");
					this.client.end();
				} else {
					this.debugMsg("end: Called when no connection active");
					resolve(true);
				}
			}).finally(() => {
				removeTempListeners(this, listeners, "end");
				this.removeListener("close", endCloseHandler);
				this._resetEventFlags();
			});
		}
	};
	module.exports = SftpClient;
}));

export default require_src();

export {  };