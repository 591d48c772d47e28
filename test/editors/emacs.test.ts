import { startEmacs } from "./emacs";
import { describeSession } from "./session";

describeSession("Emacs", startEmacs);
