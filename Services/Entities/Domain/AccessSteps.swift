import EntitiesContract

/// A set of access steps.
public struct AccessSteps: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let organizationStore = AccessSteps(.organizationStore)
    public static let publicStore = AccessSteps(.publicStore)
    public static let collaborator = AccessSteps(.collaborator)

    private init(_ step: AccessStep) { rawValue = 1 << step.rank }

    /// The first step in the hierarchy, which decides.
    var first: AccessStep? { isEmpty ? nil : AccessStep.allCases[rawValue.trailingZeroBitCount] }
}
