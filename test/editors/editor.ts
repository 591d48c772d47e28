/** What the tests do with an editor, whichever it is. */

export interface Finding {
  readonly code: string;
  /** Zero-based. */
  readonly line: number;
  readonly message: string;
}

export interface Editor {
  /** Opens a file of the tree in the window. */
  open(path: string): Promise<void>;
  /** What the editor shows as this server's findings in the buffer. */
  findings(): Promise<readonly Finding[]>;
  /** The buffer as saving would write it. */
  text(): Promise<string>;
  modified(): Promise<boolean>;
  /** Types a new line below the first one that holds `text`. */
  typeBelow(text: string, line: string): Promise<void>;
  /** Deletes the first line that is `line` but for blanks before it. */
  deleteLine(line: string): Promise<void>;
  /** Takes the last change back, as one who keeps pressing the key. */
  undo(): Promise<void>;
  /** What the editor shows for the word at the beginning of `text`. */
  hover(text: string): Promise<string>;
  /** Applies the code action with this title at the first line that holds `text`. */
  applyAction(text: string, title: string): Promise<void>;
  /** Runs a command of the documented set-up and answers the text it shows. */
  command(name: "order" | "simulate", machine: string): Promise<string>;
  /** Process ids of the servers it has started. */
  servers(): Promise<readonly number[]>;
  /** What the editor's log holds about errors of the server. */
  errors(): Promise<string>;
  /** Leaves without saving, as a user does. */
  quit(): Promise<void>;
  /** Ends its process, whatever state a failed test has left it in. */
  kill(): void;
}
