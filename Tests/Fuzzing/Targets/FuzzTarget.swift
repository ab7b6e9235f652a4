/// One reader of bytes from outside, with the rules that hold for whatever it is given.
public struct FuzzTarget: Sendable {
    /// The folder of its corpus, and its name for `deploy/fuzz`.
    public let name: String
    /// Ends the process where a rule does not hold.
    public let run: @Sendable ([UInt8]) -> Void

    public static let all =
        httpTargets + [.json, .form] + identifierTargets + [.identity, .smtpReply]

    public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// A rule of a target.
func require(_ holds: Bool, _ rule: String) {
    if !holds { fatalError("does not hold: \(rule)") }
}
