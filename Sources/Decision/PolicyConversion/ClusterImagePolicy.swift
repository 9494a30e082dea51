import Octets
import Reasons
import StrictJSON

/// sigstore's policy-controller: `policy.sigstore.dev/v1beta1` and `v1alpha1`, one policy or a list of them.
///
/// An image must satisfy every policy whose globs match it, and of each policy any authority. Of our rules the first
/// decides: a rule asks for its own policy and for every later one that could match the same image.
enum ClusterImagePolicies {
  /// What Kubernetes keeps beside a policy.
  private static let bookkeeping: Set<String> = [
    "name", "namespace", "generateName", "uid", "resourceVersion", "generation", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "annotations", "labels", "finalizers",
    "ownerReferences", "selfLink",
  ]
  /// Policies in one list.
  private static let most = 64

  static func convert(_ root: JSONNode) throws(Failure) -> PolicyDraft {
    let kind = try root.required("kind").bytes()
    guard kind.elementsEqual("List".utf8) || kind.elementsEqual("ClusterImagePolicyList".utf8) else {
      var draft = PolicyDraft(name: try name(of: root))
      let policy = try ClusterImagePolicy(root, &draft)
      write([policy], &draft)
      return draft
    }
    var draft = PolicyDraft(name: "cluster image policies")
    draft.missing += try root.unknownMembers(["apiVersion", "kind", "metadata", "items"])
    var policies: [ClusterImagePolicy] = []
    for item in try root.required("items").elements(atMost: most) {
      policies.append(try ClusterImagePolicy(item, &draft))
    }
    guard !policies.isEmpty else { throw try root.required("items").failure("no policy") }
    // Where one policy covers another, the narrower comes first, and its rule can ask for both exactly.
    var ordered: [ClusterImagePolicy] = []
    for policy in policies {
      let place = ordered.firstIndex { $0.covers(policy) && !policy.covers($0) } ?? ordered.endIndex
      ordered.insert(policy, at: place)
    }
    write(ordered, &draft)
    return draft
  }

  static func name(of root: JSONNode) throws(Failure) -> String {
    try root.required("metadata").optional("name")?.shown() ?? ""
  }

  /// Refuses what is something else, and lists what is unknown around the policy itself.
  static func envelope(_ root: JSONNode) throws(Failure) -> [NotExpressed] {
    let version = try root.required("apiVersion")
    let known = ["policy.sigstore.dev/v1beta1", "policy.sigstore.dev/v1alpha1"]
    let text = try version.bytes()
    guard known.contains(where: { $0.utf8.elementsEqual(text) }) else {
      throw version.failure("none of \(known.joined(separator: ", "))")
    }
    let kind = try root.required("kind")
    guard try kind.bytes().elementsEqual("ClusterImagePolicy".utf8) else {
      throw kind.failure("not ClusterImagePolicy")
    }
    return try root.unknownMembers(["apiVersion", "kind", "metadata", "spec", "status"])
      + root.required("metadata").unknownMembers(bookkeeping)
  }

  private static func write(_ policies: [ClusterImagePolicy], _ draft: inout PolicyDraft) {
    for (index, policy) in policies.enumerated() {
      guard !policy.images.isEmpty else {
        draft.missing += policy.missing
        continue
      }
      let later = policies[(index + 1)...].filter { !$0.images.isEmpty && policy.overlaps($0) }
      var missing = policy.missing
      for other in later where !other.covers(policy) {
        missing.append(
          NotExpressed(
            policy.imagesPath,
            "some of these images may also be those of the policy \(other.name), and all of them must satisfy it here"))
      }
      let all = [policy] + later
      let parts = all.compactMap(\.requirement)
      let remarks = policy.remarks + later.map { "Also asks for what the policy \($0.name) does." }
      let answer: PolicyDraft.Answer
      if let refusal = all.lazy.compactMap(\.refusal).first {
        answer = .refuse(refusal, partly: JSON.joined("all", parts))
      } else {
        answer =
          JSON.joined("all", parts).map(PolicyDraft.Answer.require) ?? .refuse("nothing is required", partly: nil)
      }
      draft.rule(policy.name, for: policy.images, answer, remarks: remarks, missing: missing)
    }
  }
}

/// One policy, in our words.
struct ClusterImagePolicy {
  let name: String
  let imagesPath: String
  private(set) var images: [PolicyDraft.Name] = []
  /// What can be said of what it requires.
  private(set) var requirement: JSON?
  /// Why its images are refused: something that it requires cannot be said.
  private(set) var refusal: String?
  private(set) var missing: [NotExpressed]
  private(set) var remarks: [String] = []

  init(_ root: JSONNode, _ draft: inout PolicyDraft) throws(Failure) {
    missing = try ClusterImagePolicies.envelope(root)
    let name = try ClusterImagePolicies.name(of: root)
    self.name = name
    let spec = try root.required("spec")
    let unknown = try spec.unknownMembers(["images", "authorities", "policy", "mode", "match"])
    missing += unknown
    let imagesNode = try spec.required("images")
    imagesPath = imagesNode.path
    for pattern in try imagesNode.elements(atMost: 1000) { try add(pattern) }

    var (whole, partly): ([JSON], [JSON]) = ([], [])
    var (isOpen, messages) = (false, [String]())
    let authorities = try spec.optional("authorities")?.elements(atMost: 256) ?? []
    for (index, node) in authorities.enumerated() {
      let authority = try ClusterImageAuthority(node, at: index, &draft)
      missing += authority.missing
      remarks += authority.remarks
      switch authority.outcome {
      case .whole(let requirement): whole.append(requirement)
      case .partly(let requirement):
        isOpen = true
        if let requirement { partly.append(requirement) }
      case .never(let message): messages.append(message ?? "The policy \(name) lets nothing in.")
      }
    }
    var reasons: [String] = []
    if !unknown.isEmpty { reasons.append("unknown members") }
    if let policy = try spec.optional("policy") {
      missing.append(policy.notExpressed("a CUE or Rego policy over all evidence: write what it wants as requirements"))
      reasons.append("a CUE or Rego policy")
    }
    if authorities.isEmpty {
      missing.append(
        NotExpressed(
          spec.path, "without authorities every image is let in: Assay lets nothing in without evidence; say who signs")
      )
    }
    if let mode = try spec.optional("mode"), try !mode.bytes().elementsEqual("enforce".utf8) {
      missing.append(
        mode.notExpressed(
          "\(try mode.shown()): lets in, with a warning, what does not satisfy it; here that is refused"))
    }
    if let match = try spec.optional("match") {
      missing.append(
        match.notExpressed(
          "an archive does not say what runs it: the rule is for every image of this name. "
            + "Environments and teams can be told apart by `scope.environment` and `scope.team`"))
    }
    if reasons.isEmpty, !whole.isEmpty {
      requirement = JSON.joined("any", whole)
      return
    }
    requirement = JSON.joined("any", whole + partly)
    if !reasons.isEmpty {
      refusal = "The policy \(name) has \(reasons.joined(separator: " and ")), which could not be expressed."
    } else if isOpen || messages.isEmpty {
      refusal = "Nobody whom the policy \(name) accepts could be expressed in full."
    } else {
      refusal = messages[0]
    }
  }

  private mutating func add(_ pattern: JSONNode) throws(Failure) {
    missing += try pattern.unknownMembers(["glob"])
    guard let node = try pattern.optional("glob") else { return }
    switch ImageGlob.read(try node.bytes()) {
    case .nothing(let why): missing.append(node.notExpressed(why))
    case .names(let names, let lost, let remark):
      images += names
      if let lost { missing.append(node.notExpressed(lost)) }
      if let remark { remarks.append("\(try node.shown()): \(remark)") }
    }
  }

  // MARK: Which images

  func overlaps(_ other: ClusterImagePolicy) -> Bool {
    images.contains { one in other.images.contains { ImageGlob.mayOverlap(one, $0) } }
  }

  /// Whether every image of the other is surely one of this.
  func covers(_ other: ClusterImagePolicy) -> Bool {
    !other.images.isEmpty && other.images.allSatisfy { one in images.contains { ImageGlob.covers($0, one) } }
  }
}
