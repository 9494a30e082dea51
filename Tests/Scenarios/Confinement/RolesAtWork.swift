/// A shell that looks at roles while they are at work: the keeper waits for a reader that waits for a stream. Its arguments
/// are the program, a key and the path of a pipe that is made.
enum RolesAtWork {
  /// - Parameters:
  ///   - lines: what is said of `$process`.
  ///   - word: what a confined one says of itself; three of them are waited for.
  ///   - others: further processes to look at.
  static func script(saying lines: String, untilThreeSay word: String, ofAlso others: String = "") -> String {
    #"""
    mkfifo "$2"
    "$0" verify - --key "$1" < "$2" > /dev/null 2>&1 &
    keeper=$!
    exec 9> "$2"
    say() {
      for process in \#(others) $keeper $(cat /proc/$keeper/task/$keeper/children); do
        \#(lines)
      done
    }
    for i in $(seq 200); do
      [ "$(say | grep -c '\#(word)')" -ge 3 ] && break
      sleep 0.05
    done
    say
    exec 9>&-
    wait $keeper
    """#
  }
}
