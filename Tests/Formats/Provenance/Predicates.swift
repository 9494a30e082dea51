import FoundationEssentials
import Octets
import Reasons
import StrictJSON

/// For the tests of every predicate's reader.
func contents(of path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

/// A predicate as a root, under another reason than its readers give.
func predicate(_ text: String) throws -> JSONNode {
  JSONNode(try JSON(parsing: Array(text.utf8), named: "sample"), named: "predicate", malformed: .statementMalformed)
}
