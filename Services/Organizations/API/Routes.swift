import Contract
import HTTPCore
import Kernel
import OrganizationsContract
import ServiceKit

/// The routes of the organizations context.
struct OrganizationsAPI: Sendable {
    let useCases: OrganizationsUseCases
    var faults = CrashPoints()

    var routes: [Route] {
        organizations + members + roles + storage + store + queries
            + [
                .audit(OrganizationRoutes.listAudit) {
                    try useCases.listAudit(of: $0, $1, $2, by: $3)
                },
                .auditTail(of: useCases), .offboardingState(of: useCases),
                .events(useCases, faults),
            ] + useCases.decisionRoutes
    }

    private var organizations: [Route] {
        [
            .change(OrganizationRoutes.createOrganization) { try await createOrganization($0) },
            .now(OrganizationRoutes.listOrganizations) { try listOrganizations($0) },
            .later(OrganizationRoutes.getOrganization) { try await getOrganization($0) },
            .change(OrganizationRoutes.updateOrganization) { try await updateOrganization($0) },
            .change(OrganizationRoutes.deleteOrganization) { try await deleteOrganization($0) },
            .change(OrganizationRoutes.rotateNpmRegistryKey) { try await rotateKey($0) },
        ]
    }

    private var members: [Route] {
        [
            .later(OrganizationRoutes.listMembers) { try await listMembers($0) },
            .change(OrganizationRoutes.addMember) { try await addMember($0) },
            .change(OrganizationRoutes.updateMember) { try await changeMember($0) },
            .change(OrganizationRoutes.removeMember) { try await removeMember($0) },
        ]
    }

    private var roles: [Route] {
        [
            .now(OrganizationRoutes.listRoles) { try listRoles($0) },
            .change(OrganizationRoutes.createRole) { try await createRole($0) },
            .change(OrganizationRoutes.updateRole) { try await updateRole($0) },
            .change(OrganizationRoutes.deleteRole) { try await deleteRole($0) },
        ]
    }

    private var storage: [Route] {
        [
            .now(OrganizationRoutes.getStorageConfig) { try getStorage($0) },
            .change(OrganizationRoutes.setStorageConfig) { try await setStorage($0) },
        ]
    }

    private var store: [Route] {
        [
            .now(OrganizationRoutes.listPublications) { try listPublications($0) },
            .change(OrganizationRoutes.publishEntity) { try await publish($0) },
            .change(OrganizationRoutes.unpublishEntity) { try await unpublish($0) },
            .now(OrganizationRoutes.getPublication) { try getPublication($0) },
            .change(OrganizationRoutes.updatePublication) { try await updatePublication($0) },
            .change(OrganizationRoutes.deletePublication) { try await deletePublication($0) },
            .now(OrganizationRoutes.listPublicStores) { try listPublicStores($0) },
        ]
    }

    /// For other services. None of these calls another service.
    private var queries: [Route] {
        [
            .now(OrganizationQueries.storeAccess) {
                .json(try useCases.storeAccess(try $0.decode(StoreAccessQuery.self)))
            },
            .later(OrganizationQueries.storeEntities) {
                .json(try await useCases.storeEntities(try $0.decode(StoreEntitiesQuery.self)))
            },
            .later(OrganizationQueries.grants) {
                .json(try await useCases.storeGrants(try $0.decode(StoreGrantsQuery.self)))
            },
            .later(OrganizationQueries.people) {
                .json(try await useCases.storePeople(try $0.decode(StorePeopleQuery.self)))
            },
            .now(OrganizationQueries.colleagues) {
                .json(try useCases.colleagues(try $0.decode(ColleaguesQuery.self)))
            },
            .now(OrganizationQueries.membership) {
                .json(try useCases.membership(try $0.decode(MembershipQuery.self)))
            },
            .externalIds(OrganizationQueries.externalIds) {
                try useCases.findOrganizations(externalIds: $0)
            },
        ]
    }
}

extension RequestContext {
    /// The organization's id or slug in the path.
    var organization: String { get throws(Fault) { try path("id") } }
}
