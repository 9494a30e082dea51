import Octets
package import Reasons
package import StrictJSON

/// What another tool's policy became: a document for people, and everything of the source that is not in it.
///
/// What is written never asks for less evidence than the source. An alternative that cannot be said in full is left out,
/// and a rule without one that can be is written as a refusal, with what could be said of it in a comment. What the
/// source lets in without evidence is never written.
package struct ConvertedPolicy: Sendable {
  /// YAML, in one form for the same source.
  package let yaml: [UInt8]
  /// In the order of the rules that they stand beside.
  package let notExpressed: [NotExpressed]
}

/// Something of the source that the policy does not say.
package struct NotExpressed: Hashable, Sendable {
  /// The way to it in the source: `spec.authorities[0].ctlog`.
  package let path: String
  /// Why, and what to do by hand.
  package let why: String

  package init(_ path: String, _ why: String) {
    self.path = path
    self.why = why
  }

  /// Fit for a terminal and for a comment: one line.
  package var wording: String { "\(printable(path, limit: 200)): \(printable(why, limit: 1000))" }
}

/// A policy language that sites have already.
package enum PolicySource: String, CaseIterable, Sendable {
  /// sigstore's policy-controller, `policy.sigstore.dev/v1beta1` and `v1alpha1`.
  case clusterImagePolicy = "cluster-image-policy"
  /// containers-policy.json(5): podman, skopeo, CRI-O.
  case containersPolicy = "containers-policy"
  /// Notary Project's trustpolicy.json, version 1.0.
  case notaryTrustPolicy = "notary-trust-policy"

  /// Which one a document is, by what each must have; nil where it is none.
  package init?(recognising root: JSONNode) {
    if root.value["apiVersion"] != nil, root.value["kind"] != nil {
      self = .clusterImagePolicy
    } else if root.value["trustPolicies"] != nil {
      self = .notaryTrustPolicy
    } else if root.value["default"] != nil {
      self = .containersPolicy
    } else {
      return nil
    }
  }

  package var title: String {
    switch self {
    case .clusterImagePolicy: "a ClusterImagePolicy of sigstore’s policy-controller"
    case .containersPolicy: "a containers-policy.json"
    case .notaryTrustPolicy: "a Notary trust policy"
    }
  }
}

extension ConvertedPolicy {
  /// - Parameters:
  ///   - root: the source, out of YAML or JSON.
  ///   - name: of the source, for its first line.
  ///   - reading: gives the file of a path that the source names; nil where it cannot be read.
  /// - Throws: `policy.malformed` where the source is not of its own format.
  package init(
    _ root: JSONNode, from source: PolicySource, named name: String, reading: (String) -> [UInt8]?
  ) throws(Failure) {
    var draft: PolicyDraft
    switch source {
    case .clusterImagePolicy: draft = try ClusterImagePolicies.convert(root)
    case .containersPolicy: draft = try ContainersPolicy.convert(root, reading: reading)
    case .notaryTrustPolicy: draft = try NotaryTrustPolicy.convert(root)
    }
    draft.neverBeEmpty()
    try draft.verifyReadable()
    yaml = draft.yaml(from: "\(printable(name, limit: 200)), \(source.title)")
    notExpressed = draft.notExpressed
  }
}
