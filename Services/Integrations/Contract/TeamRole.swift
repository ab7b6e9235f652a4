import Kernel

/// What a member can do in a team, the most permissions first.
public enum TeamRole: String, CaseIterable, Codable, Sendable {
    case admin
    case dataWizard = "data-wizard"
    case member

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let role = Self(rawValue: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: Text.rule(among: Self.allCases.map(\.rawValue)))
        }
        self = role
    }
}
