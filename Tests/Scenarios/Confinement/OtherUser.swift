import Glibc
import TestSupport

/// Root owns everything anyway: a process of another user shows what is hidden from it, and what root's is not bound by.
enum OtherUser {
  static let command =
    geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"] : []

  static let isPossible = (try? runChecked(command + ["test", "-x", Products.path("assay")])) != nil
}
