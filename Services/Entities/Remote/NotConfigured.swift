/// Stands in where no organizations context is configured: nobody belongs together, no store.
public struct NoOrganizations: Organizations {
    public init() {}

    public func colleagues(of userId: String, among others: [String]) -> Set<String> { [] }

    public func isMember(_ userId: String, of organizationId: String) -> Bool { false }

    public func storeAccess(_ queries: [AccessQuery]) -> [AccessQuery: Set<AccessStep>] { [:] }

    public func storeEntities(for userId: String) -> [String: AccessStep] { [:] }
}

/// Stands in where no invitations context is configured: nobody collaborates.
public struct NoCollaborators: Collaborators {
    public init() {}

    public func collaborations(among queries: [AccessQuery]) -> Set<AccessQuery> { [] }

    public func entities(for userId: String) -> Set<String> { [] }
}
