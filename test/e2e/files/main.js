// listed://HOST:PORT/PATH is what http://HOST:PORT/tree/PATH has; http://HOST:PORT/tree.json names all paths.
const vscode = require("vscode");

exports.activate = (context) => {
  let listing;
  const paths = async ({ authority }) => {
    listing ??= fetch(`http://${authority}/tree.json`).then((answer) => answer.json());
    return new Set(await listing);
  };
  const missing = (uri) => vscode.FileSystemError.FileNotFound(uri);
  const readOnly = (uri) => {
    throw vscode.FileSystemError.NoPermissions(uri);
  };
  const readDirectory = async (uri) => {
    const top = uri.path.endsWith("/") ? uri.path : `${uri.path}/`;
    const entries = new Map();
    for (const path of await paths(uri)) {
      if (!path.startsWith(top)) continue;
      const [name, ...more] = path.slice(top.length).split("/");
      entries.set(name, more.length > 0 ? vscode.FileType.Directory : vscode.FileType.File);
    }
    if (entries.size === 0) throw missing(uri);
    return [...entries];
  };
  const readFile = async (uri) => {
    if (!(await paths(uri)).has(uri.path)) throw missing(uri);
    const answer = await fetch(`http://${uri.authority}/tree${uri.path}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  const stat = async (uri) => {
    const times = { ctime: 0, mtime: 0 };
    if ((await paths(uri)).has(uri.path))
      return { type: vscode.FileType.File, ...times, size: (await readFile(uri)).length };
    await readDirectory(uri);
    return { type: vscode.FileType.Directory, ...times, size: 0 };
  };
  const provider = {
    onDidChangeFile: () => new vscode.Disposable(() => undefined),
    watch: () => new vscode.Disposable(() => undefined),
    stat,
    readDirectory,
    readFile,
    writeFile: readOnly,
    createDirectory: readOnly,
    delete: readOnly,
    rename: readOnly,
  };
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider("listed", provider, { isCaseSensitive: true }));
};
