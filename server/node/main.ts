/** The server as a process of its own. */
import { serveArguments } from "./serve";

serveArguments();
