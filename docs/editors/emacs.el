(require 'eglot)
(add-to-list 'eglot-server-programs
             '((c-mode c-ts-mode c++-mode c++-ts-mode) . ("vmstate" "lsp" "--stdio")))

(defun vmstate-project (folder)
  "The QEMU tree that FOLDER belongs to, for eglot."
  (let ((top (locate-dominating-file folder "include/migration/vmstate.h")))
    (and top (bound-and-true-p eglot-lsp-context) (cons 'transient top))))
(add-hook 'project-find-functions #'vmstate-project)

(defun vmstate-start ()
  "Start vmstate where the file belongs to a QEMU tree."
  (when (locate-dominating-file default-directory "include/migration/vmstate.h")
    (eglot-ensure)))
(add-hook 'c-mode-hook #'vmstate-start)
(add-hook 'c-ts-mode-hook #'vmstate-start)

(defun vmstate-show (command machine)
  "Show what the server's COMMAND says about the QEMU command line MACHINE; empty: the default."
  (let* ((argument (append (list :uri (url-encode-url (concat "file://" buffer-file-name)))
                           (unless (string-empty-p machine) (list :machine machine))))
         (text (jsonrpc-request (eglot-current-server) :workspace/executeCommand
                                (list :command command :arguments (vector argument)) :timeout 60)))
    (with-current-buffer-window "*vmstate*" nil nil (insert text))))

(defun vmstate-order (machine)
  "Show what loads before what, in the whole tree or in a MACHINE."
  (interactive "sMachine (empty: the whole tree): ")
  (vmstate-show "vmstate.server.order" machine))

(defun vmstate-simulate (machine)
  "Migrate a MACHINE and show where it breaks."
  (interactive "sMachine (empty: the default): ")
  (vmstate-show "vmstate.server.simulate" machine))
