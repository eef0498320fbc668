// Names the Debian and Ubuntu packages that a failed build needs on the runner: for a header, a library, a program or a Python package's own
// words about them. packages.debian.org and packages.ubuntu.com list which package has which file.

/** Headers by the start of their path. The longest start counts. */
const headers: Readonly<Record<string, string>> = {
  "Python.h": "python3-dev",
  "acl/": "libacl1-dev",
  "sys/acl.h": "libacl1-dev",
  "attr/": "libattr1-dev",
  "augeas.h": "libaugeas-dev",
  "bzlib.h": "libbz2-dev",
  cairo: "libcairo2-dev",
  "cblas.h": "libopenblas-dev",
  "cups/": "libcups2-dev",
  "curl/": "libcurl4-openssl-dev",
  "dbus/": "libdbus-1-dev",
  "ev.h": "libev-dev",
  "ffi.h": "libffi-dev",
  "ft2build.h": "libfreetype-dev",
  "gdal.h": "libgdal-dev",
  "geos_c.h": "libgeos-dev",
  "girepository.h": "libgirepository1.0-dev",
  "glib.h": "libglib2.0-dev",
  "gmp.h": "libgmp-dev",
  "gssapi/": "libkrb5-dev",
  "gssapi.h": "libkrb5-dev",
  "hdf5.h": "libhdf5-dev",
  "jpeglib.h": "libjpeg-dev",
  "krb5.h": "libkrb5-dev",
  "lber.h": "libldap-dev libsasl2-dev",
  "lcms2.h": "liblcms2-dev",
  "ldap.h": "libldap-dev libsasl2-dev",
  "leptonica/": "libleptonica-dev",
  "libmemcached/": "libmemcached-dev",
  "libpq-fe.h": "libpq-dev",
  "librdkafka/": "librdkafka-dev",
  "libxml/": "libxml2-dev libxslt1-dev",
  "libxslt/": "libxml2-dev libxslt1-dev",
  "lz4.h": "liblz4-dev",
  "lzma.h": "liblzma-dev",
  "mpc.h": "libmpc-dev",
  "mpfr.h": "libmpfr-dev",
  "my_config.h": "default-libmysqlclient-dev",
  "mysql.h": "default-libmysqlclient-dev",
  "mysql/": "default-libmysqlclient-dev",
  "net-snmp/": "libsnmp-dev",
  "openjpeg.h": "libopenjp2-7-dev",
  "openssl/": "libssl-dev",
  "pango/": "libpango1.0-dev",
  "pcap.h": "libpcap-dev",
  "pcap/": "libpcap-dev",
  "portaudio.h": "portaudio19-dev",
  "postgres_fe.h": "libpq-dev",
  "proj.h": "libproj-dev",
  "proj_api.h": "libproj-dev",
  "pyconfig.h": "python3-dev",
  "rdkafka.h": "librdkafka-dev",
  "re2/": "libre2-dev",
  "readline/": "libreadline-dev",
  "sasl.h": "libsasl2-dev",
  "sasl/": "libsasl2-dev",
  "snappy-c.h": "libsnappy-dev",
  "snappy.h": "libsnappy-dev",
  "sodium.h": "libsodium-dev",
  "sql.h": "unixodbc-dev",
  "sqlext.h": "unixodbc-dev",
  "sqlite3.h": "libsqlite3-dev",
  "sybdb.h": "freetds-dev",
  "sybfront.h": "freetds-dev",
  "sys/capability.h": "libcap-dev",
  "systemd/": "libsystemd-dev",
  "tesseract/": "libtesseract-dev",
  "tiff.h": "libtiff-dev",
  "tiffio.h": "libtiff-dev",
  "unicode/": "libicu-dev",
  "uuid/": "uuid-dev",
  "wand/": "libmagickwand-dev",
  "webp/": "libwebp-dev",
  "xmlsec/": "libxmlsec1-dev",
  "yaml.h": "libyaml-dev",
  "zlib.h": "zlib1g-dev",
  "zmq.h": "libzmq3-dev",
  "zstd.h": "libzstd-dev",
};

/** Libraries that the linker does not find (`-lpq`), and modules that pkg-config does not know. */
const libraries: Readonly<Record<string, string>> = {
  bz2: "libbz2-dev",
  cairo: "libcairo2-dev",
  crypto: "libssl-dev",
  curl: "libcurl4-openssl-dev",
  "dbus-1": "libdbus-1-dev",
  ffi: "libffi-dev",
  freetype: "libfreetype-dev",
  freetype2: "libfreetype-dev",
  gdal: "libgdal-dev",
  geos_c: "libgeos-dev",
  "girepository-2.0": "libgirepository-2.0-dev",
  "glib-2.0": "libglib2.0-dev",
  gmp: "libgmp-dev",
  "gobject-introspection-1.0": "libgirepository1.0-dev",
  hdf5: "libhdf5-dev",
  "icu-i18n": "libicu-dev",
  jpeg: "libjpeg-dev",
  lber: "libldap-dev libsasl2-dev",
  ldap: "libldap-dev libsasl2-dev",
  ldap_r: "libldap-dev libsasl2-dev",
  libffi: "libffi-dev",
  libpq: "libpq-dev",
  libsystemd: "libsystemd-dev",
  "libxml-2.0": "libxml2-dev libxslt1-dev",
  lzma: "liblzma-dev",
  mariadb: "default-libmysqlclient-dev",
  mariadbclient: "default-libmysqlclient-dev",
  memcached: "libmemcached-dev",
  mysqlclient: "default-libmysqlclient-dev",
  openblas: "libopenblas-dev",
  pango: "libpango1.0-dev",
  pq: "libpq-dev",
  proj: "libproj-dev",
  sasl2: "libsasl2-dev",
  sqlite3: "libsqlite3-dev",
  ssl: "libssl-dev",
  tiff: "libtiff-dev",
  xml2: "libxml2-dev libxslt1-dev",
  xmlsec1: "libxmlsec1-dev",
  xslt: "libxml2-dev libxslt1-dev",
  yaml: "libyaml-dev",
  z: "zlib1g-dev",
  zlib: "zlib1g-dev",
};

/** Programs that a build calls, with the packages that have them. */
const programs: Readonly<Record<string, string>> = {
  cargo: "cargo rustc",
  cmake: "cmake",
  "curl-config": "libcurl4-openssl-dev",
  gcc: "build-essential",
  "g++": "build-essential",
  cc: "build-essential",
  "c++": "build-essential",
  "gdal-config": "libgdal-dev",
  "geos-config": "libgeos-dev",
  gfortran: "gfortran",
  git: "git",
  "krb5-config": "libkrb5-dev",
  make: "build-essential",
  mariadb_config: "default-libmysqlclient-dev",
  mysql_config: "default-libmysqlclient-dev",
  "net-snmp-config": "libsnmp-dev",
  pg_config: "libpq-dev",
  "pkg-config": "pkg-config",
  rustc: "cargo rustc",
  swig: "swig",
  "x86_64-linux-gnu-gcc": "build-essential",
  "aarch64-linux-gnu-gcc": "build-essential",
  "xml2-config": "libxml2-dev libxslt1-dev",
  "xslt-config": "libxml2-dev libxslt1-dev",
};

/** What packages say in their own words. */
const said: readonly (readonly [RegExp, string])[] = [
  [/libxml2 and libxslt development packages/i, "libxml2-dev libxslt1-dev"],
  [/headers or library files could not be found for jpeg|RequiredDependencyException: jpeg/i, "libjpeg-dev"],
  [/headers or library files could not be found for zlib|RequiredDependencyException: zlib/i, "zlib1g-dev"],
  [
    /can(?:no|')t find (?:the )?rust compiler|rust toolchain|is rust installed|rust is not installed|requires rust/i,
    "cargo rustc",
  ],
  [
    /mysqlclient.*(?:MYSQLCLIENT_CFLAGS|Can not find valid pkg-config name)|Can not find valid pkg-config name/is,
    "default-libmysqlclient-dev pkg-config",
  ],
  [/Could not run curl-config/i, "libcurl4-openssl-dev libssl-dev"],
  [/Unable to find pkg-config|pkg-config (?:is|was) not (?:found|installed)/i, "pkg-config"],
  [/CMake must be installed/i, "cmake"],
];

export interface Missing {
  /** As the build names it: `lber.h`, `pg_config`. */
  readonly name: string;
  /** Debian packages. Undefined if this table has none. */
  readonly packages: string | undefined;
}

/** What a build lacked on the runner. Undefined if its output names nothing of the kind. */
export function missingOnRunner(output: string): Missing | undefined {
  const header = /fatal error: '?([\w./+-]+\.h(?:pp|h)?)'?(?:: No such file or directory| file not found)/.exec(
    output,
  )?.[1];
  if (header !== undefined) return { name: header, packages: byHeader(header) };
  const program = missingProgram(output);
  if (program !== undefined) return { name: program, packages: programs[program] };
  const own = said.find(([pattern]) => pattern.test(output));
  if (own) return { name: own[1].split(" ")[0] ?? "", packages: own[1] };
  const library =
    /cannot find -l([\w+.-]+)/.exec(output)?.[1] ??
    /(?:No package|Package) '?([\w+.-]+)'?(?:,? required by [^,]+,)? (?:was )?not found|Dependency "([\w+.-]+)" not found/
      .exec(output)
      ?.slice(1)
      .find((name) => name !== undefined);
  return library !== undefined && libraries[library] !== undefined
    ? { name: library, packages: libraries[library] }
    : undefined;
}

function byHeader(header: string): string | undefined {
  const [start] = Object.keys(headers)
    .filter((one) => header === one || header.startsWith(one) || header.endsWith(`/${one}`))
    .toSorted((one, other) => other.length - one.length);
  return start === undefined ? undefined : headers[start];
}

/** A program that the table knows, in one of the ways in which shells, Python and builds say that it is missing. */
function missingProgram(output: string): string | undefined {
  const patterns = [
    /No such file or directory: '([\w.+/-]+)'/g,
    /(?:^|[\s/:])([\w.+-]+): (?:command )?not found/gm,
    /([\w.+-]+) executable not found/g,
    /command '([\w.+/-]+)' failed: No such file or directory/g,
    /unable to execute '([\w.+/-]+)'/g,
  ];
  const names = patterns.flatMap((pattern) =>
    [...output.matchAll(pattern)].map(([, name = ""]) => name.split("/").at(-1) ?? ""),
  );
  return names.find((name) => Object.hasOwn(programs, name));
}
