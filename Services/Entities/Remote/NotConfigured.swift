/// Stands in until there is an invitations context: nobody collaborates.
public struct NoCollaborators: Collaborators {
    public init() {}

    public func collaborations(among queries: [AccessQuery]) -> [Int] { [] }

    public func entities(for userId: String) -> Set<String> { [] }
}
