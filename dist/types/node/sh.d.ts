declare const brand: unique symbol;
/** A piece of POSIX shell that is safe to put into a larger one. Made only by the `sh` tag. */
export interface Shell {
	readonly [brand]: true;
	readonly text: string;
}
export type ShellValue = string | number | Shell | readonly (string | number | Shell)[];
/**
* A template tag for shell text. A string or number becomes one quoted word. An array becomes one quoted word for each item. Another
* `sh` fragment is inserted as it is. The literal part is trusted source code and is not changed, backslashes included: only a
* backtick and `${` need a backslash before them.
*/
export declare function sh(strings: TemplateStringsArray, ...values: readonly ShellValue[]): Shell;
