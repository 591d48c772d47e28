vim.lsp.config("vmstate", {
  cmd = { "vmstate", "lsp", "--stdio" },
  filetypes = { "c", "cpp" },
  root_markers = { "include/migration/vmstate.h", ".git" },
})
vim.lsp.enable("vmstate")
