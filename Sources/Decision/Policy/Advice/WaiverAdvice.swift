import Octets
import SiteRules
import StrictJSON

extension Policy {
  /// Days before its end from which a waiver is spoken of.
  private static let soon: Int64 = 30

  /// Waivers that end, and those of what nothing asks for.
  func waiverAdvice(_ requirements: PlacedRequirements, at now: UnixTime) -> [Advice] {
    let names = Set(rules.compactMap(\.requirement).flatMap(\.names))
    var all: [Advice] = []
    for (position, waiver) in waivers.enumerated() {
      let path = "waivers[\(position)]"
      switch waiver.subject {
      case .requirement(let name) where !names.contains(name):
        let hint = Misspelling.nearest(to: Array(name.utf8), of: names).map { "; “\($0)” is one" } ?? ""
        all.append(
          Advice(.waiverWaivesNothing, at: "\(path).waives", "no rule has a requirement of the name “\(name)”\(hint)"))
      case .vulnerabilities where !requirements.asksFor(contents: "vulnerabilities"):
        all.append(
          Advice(
            .waiverWaivesNothing, at: "\(path).vulnerabilities", "no requirement counts vulnerabilities"))
      default: break
      }
      if waiver.expires <= now {
        all.append(
          Advice(
            .waiverExpired, at: "\(path).expires", "the waiver “\(waiver.name)” expired at \(waiver.expires)"))
      } else if waiver.expires.seconds - now.seconds <= Self.soon * 86_400 {
        let days = (waiver.expires.seconds - now.seconds) / 86_400
        let when = days == 0 ? "in less than a day" : days == 1 ? "in a day" : "in \(days) days"
        all.append(
          Advice(
            .waiverExpiresSoon, at: "\(path).expires",
            "the waiver “\(waiver.name)” expires \(when), at \(waiver.expires)"))
      }
    }
    return all
  }

  func denialAdvice() -> [Advice] {
    var first: [Denial.Subject: Int] = [:]
    return denials.enumerated().compactMap { position, denial in
      guard let other = first[denial.subject] else {
        first[denial.subject] = position
        return nil
      }
      return Advice(.denialRepeated, at: "deny[\(position)]", "denied already: deny[\(other)]")
    }
  }
}
