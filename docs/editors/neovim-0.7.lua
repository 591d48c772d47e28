local clients = {}

local function tree_of(file)
  local folder = vim.fn.fnamemodify(file, ":p:h")
  while vim.fn.filereadable(folder .. "/include/migration/vmstate.h") == 0 do
    local above = vim.fn.fnamemodify(folder, ":h")
    if above == folder then return nil end
    folder = above
  end
  return folder
end

vim.api.nvim_create_autocmd("FileType", {
  pattern = { "c", "cpp" },
  callback = function(event)
    local root = tree_of(vim.api.nvim_buf_get_name(event.buf))
    if not root then return end
    if not (clients[root] and vim.lsp.get_client_by_id(clients[root])) then
      clients[root] = vim.lsp.start_client({ name = "vmstate", cmd = { "vmstate", "lsp", "--stdio" }, root_dir = root })
    end
    vim.lsp.buf_attach_client(event.buf, clients[root])
  end,
})
