// Only what needs types: biome does the rest. Unawaited promises are the bug class of asynchronous servers.
import tseslint from "typescript-eslint";

export default tseslint.config({
  files: ["core/**/*.ts", "server/**/*.ts", "client/**/*.{ts,tsx}", "cli/**/*.ts", "qemu/**/*.ts", "test/**/*.ts"],
  ignores: ["test/e2e/**"],
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: {
      project: ["./tsconfig.json", "./client/webview/tsconfig.json"],
      tsconfigRootDir: import.meta.dirname,
    },
  },
  plugins: { "@typescript-eslint": tseslint.plugin },
  rules: {
    "@typescript-eslint/no-floating-promises": "error",
    "@typescript-eslint/no-misused-promises": "error",
    "@typescript-eslint/no-explicit-any": "error",
    "@typescript-eslint/no-non-null-assertion": "error",
  },
});
