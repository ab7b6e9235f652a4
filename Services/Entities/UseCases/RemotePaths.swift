import EntitiesContract
import InvitationsContract
import Kernel
import OrganizationsContract

/// Explanations of the access that other contexts know of.
extension EntitiesUseCases {
    /// The grants of users for one entity that other contexts know of.
    struct RemoteGrants: Sendable {
        /// In the order of the users, and of the hierarchy.
        let paths: [[AccessPath]]
        /// A public store opens the entity.
        let isOpenToEveryone: Bool
    }

    /// Every grant of each user for one entity. One call to each context, which are all needed.
    func remoteGrants(to entityId: String, of userIds: [String]) async throws -> RemoteGrants {
        try await Self.orAccessUnknown {
            async let collaborators = collaborators.grants(to: entityId, of: userIds)
            let stores = try await organizations.storeGrants(to: entityId, of: userIds)
            let collaborations = Dictionary(
                try await collaborators.map { ($0.userId, AccessPath($0)) },
                uniquingKeysWith: { first, _ in first })
            return RemoteGrants(
                paths: zip(userIds, stores.paths).map { userId, paths in
                    paths + [collaborations[userId]].compactMap(\.self)
                }, isOpenToEveryone: !stores.publicOnes.isEmpty)
        }
    }

    /// The grants of one user that stores give.
    func storePaths(to entityId: String, of userId: String) async throws -> [AccessPath] {
        try await Self.orAccessUnknown {
            try await organizations.storeGrants(to: entityId, of: [userId]).paths[0]
        }
    }
}

extension StoreGrantsReply {
    /// The grants of each user.
    fileprivate var paths: [[AccessPath]] {
        let publicPaths = publicOnes.map { AccessPath($0, isPublic: true) }
        return users.map { $0.map { AccessPath($0, isPublic: false) } + publicPaths }
    }
}

extension AccessPath {
    fileprivate init(_ publication: StoreGrantsReply.Publication, isPublic: Bool) {
        self = .publication(
            publication.id, in: publication.organizationId, isPublic: isPublic,
            by: publication.publishedBy, at: publication.publishedAt)
    }

    init(_ collaborator: CollaboratorGrantsReply.Collaborator) {
        self = .collaborator(addedBy: collaborator.addedBy, at: collaborator.addedAt)
    }
}
