import Contract
import Entities
import GatewayContract
import InvitationsContract
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport

/// The entities service in this process; other services reply from the golden files.
enum EntitiesAlone {
    static let secret = Cast.secret
    static let caller = Caller(userId: "usr_01KF0000000000000000000009")

    /// - Parameters:
    ///   - found: the golden file of the users whom a caller names.
    ///   - membership: the golden file of the membership reply.
    ///   - collaborating: the suffix of the golden files of collaborations.
    ///   - invitations: records the queries to the invitations service.
    ///   - isAway: whether the organizations service is unavailable.
    ///   - port: the port of a replacement for the organizations and invitations services.
    ///   - isInvitationsAway: whether the invitations service is unavailable.
    ///   - body: gets the service and the identity header of `caller`.
    static func run(
        _ asked: Asked, found: String = "find-users-answer",
        membership: String = "membership-answer", collaborating: String = "-none",
        invitations: Asked = Asked(), isAway: Bool = false, isInvitationsAway: Bool = false,
        neighboursAt port: UInt16? = nil, _ body: (APIClient, [String]) async throws -> Void
    ) async throws {
        let neighbours = [
            Alone.Neighbour(
                "gateway", asked,
                [
                    (DirectoryQueries.lookUpUsers, "directory-answer"),
                    (DirectoryQueries.findUsers, found),
                    (DirectoryQueries.matchUsers, "directory-answer"),
                    (DirectoryQueries.findExisting, "existing-users-answer"),
                ]),
            Alone.Neighbour(
                "organizations", asked,
                [
                    (OrganizationQueries.storeAccess, "store-access-answer"),
                    (OrganizationQueries.grants, "store-grants-answer"),
                    (OrganizationQueries.people, "store-people-answer"),
                    (OrganizationQueries.storeEntities, "store-entities-answer"),
                    (OrganizationQueries.colleagues, "colleagues-answer"),
                    (OrganizationQueries.membership, membership),
                    (OrganizationQueries.externalIds, "organization-external-ids-answer"),
                    (InternalEvent.deliver, "event-receipt"),
                ]),
            Alone.Neighbour(
                "invitations", invitations,
                [
                    (InvitationQueries.collaborations, "collaborations-answer\(collaborating)"),
                    (InvitationQueries.grants, "collaborator-grants-answer\(collaborating)"),
                    (InvitationQueries.people, "collaborator-people-answer\(collaborating)"),
                    (
                        InvitationQueries.endCollaboration,
                        "end-collaboration-answer\(collaborating)"
                    ),
                    (InvitationQueries.entities, "collaborator-entities-answer\(collaborating)"),
                    (AuditRoutes.tail, "audit-tail-entity-answer"),
                    (InternalEvent.deliver, "event-receipt"),
                ]),
        ]
        var urls: [String: String] = [:]
        if port != nil || isAway {
            urls["LATCHKEY_ORGANIZATIONS_URL"] = "http://127.0.0.1:\(port ?? Ports.next())"
        }
        if port != nil || isInvitationsAway {
            urls["LATCHKEY_INVITATIONS_URL"] = "http://127.0.0.1:\(port ?? Ports.next())"
        }
        try await Alone.run(neighbours, urls) {
            try await makeEntities(EntitiesSettings(&$0, $1), $2)
        } _: { service, _ in
            let identity = Cast.identity(of: caller, for: "entities")
            try await body(APIClient(port: service.port), [identity])
        }
    }
}
