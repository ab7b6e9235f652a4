import EntitiesContract
import InvitationsContract
import Kernel
import OrganizationsContract

/// Explanations of the access that other contexts know of.
extension EntitiesUseCases {
    /// Every grant of each user for one entity, in the order of the users and of the hierarchy. One
    /// call to each context, which are all needed.
    func remotePaths(to entityId: String, of userIds: [String]) async throws -> [[AccessPath]] {
        try await Self.orAccessUnknown {
            async let collaborators = collaborators.grants(to: entityId, of: userIds)
            let stores = try await organizations.storeGrants(to: entityId, of: userIds)
            let publicPaths = stores.publicOnes.map { AccessPath($0, isPublic: true) }
            let collaborations = Dictionary(
                try await collaborators.map { ($0.userId, AccessPath($0)) },
                uniquingKeysWith: { first, _ in first })
            return zip(userIds, stores.users).map { userId, publications in
                publications.map { AccessPath($0, isPublic: false) } + publicPaths
                    + [collaborations[userId]].compactMap(\.self)
            }
        }
    }
}

extension AccessPath {
    fileprivate init(_ publication: StoreGrantsReply.Publication, isPublic: Bool) {
        self = .publication(
            publication.id, in: publication.organizationId, isPublic: isPublic,
            by: publication.publishedBy, at: publication.publishedAt)
    }

    fileprivate init(_ collaborator: CollaboratorGrantsReply.Collaborator) {
        self = .collaborator(addedBy: collaborator.addedBy, at: collaborator.addedAt)
    }
}
