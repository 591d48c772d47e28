/** Standard output and error that cannot be written. */

/** A pipe that its reader closed (`| head`) changes nothing; a full disk ends the program: what it prints is not all. */
export function endWhereLost(stream: NodeJS.WriteStream): void {
  stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return;
    if (stream === process.stderr) process.exit(2);
    process.stderr.write(`vmstate: standard output cannot be written: ${message}\n`, () => process.exit(2));
  });
}
