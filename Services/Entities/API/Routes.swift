import Contract
import EntitiesContract
import HTTPCore
import Kernel
import ServiceKit

/// The URL table of the entities context.
struct EntitiesAPI: Sendable {
    let useCases: EntitiesUseCases
    var faults = CrashPoints()

    var routes: [Route] {
        entities + shares + publishers + versions + installations + access
            + [
                .audit(EntityRoutes.listAudit) {
                    try await useCases.listAudit(of: $0, $1, $2, by: $3)
                },
                .auditTail(of: useCases), .offboardingState(of: useCases),
                .now(EntityQueries.standing) {
                    .json(try useCases.getStanding(try $0.decode(EntityStandingQuery.self)))
                },
                .externalIds(EntityQueries.externalIds) {
                    try useCases.findEntities(externalIds: $0)
                },
                .now(ShareNoticeRoutes.standing) {
                    .json(try useCases.standingShares(try $0.decode(StandingSharesQuery.self)))
                },
                .events(useCases, faults),
            ] + useCases.decisionRoutes
    }

    private var entities: [Route] {
        [
            .change(EntityRoutes.createEntity) { try await createEntity($0) },
            .later(EntityRoutes.listEntities) { try await listEntities($0) },
            .later(EntityRoutes.getEntity) { try await getEntity($0) },
            .change(EntityRoutes.updateEntity) { try await updateEntity($0) },
            .change(EntityRoutes.deleteEntity) { try await deleteEntity($0) },
            .change(EntityRoutes.transferEntity) { try await transferEntity($0) },
        ]
    }

    private var shares: [Route] {
        [
            .change(EntityRoutes.shareEntity) { try await shareEntity($0) },
            .later(EntityRoutes.listShares) { try await listShares($0) },
            .change(EntityRoutes.revokeShare) { try await removeShare($0) },
            .later(EntityRoutes.listReceivedShares) { try await listSharesReceived($0) },
            .later(EntityRoutes.listGivenShares) { try await listSharesGiven($0) },
        ]
    }

    private var publishers: [Route] {
        [
            .later(EntityRoutes.listPublishers) { try await listPublishers($0) },
            .change(EntityRoutes.addPublisher) { try await addPublisher($0) },
            .now(EntityRoutes.checkPublisher) { try checkPublisher($0) },
            .change(EntityRoutes.removePublisher) { try await removePublisher($0) },
        ]
    }

    private var versions: [Route] {
        [
            .change(EntityRoutes.createVersion) { try await pushVersion($0) },
            .later(EntityRoutes.listVersions) { try await listVersions($0) },
            .later(EntityRoutes.getVersion) { try await getVersion($0) },
        ]
    }

    private var installations: [Route] {
        [
            .change(EntityRoutes.installEntity) { try await install($0) },
            .change(EntityRoutes.uninstallEntity) { try await uninstall($0) },
            .later(EntityRoutes.listInstallations) { try await listInstallations($0) },
        ]
    }

    private var access: [Route] {
        [
            .later(EntityRoutes.getEntityAccess) { try await explainAccess($0) },
            .later(EntityRoutes.listEntityPeople) { try await listPeople($0) },
            .change(EntityRoutes.revokeEntityAccess) { try await revokeAccess($0) },
            .soon(EntityRoutes.checkAccess) {
                try checkAccessNow($0)
            } later: {
                try await checkAccess($0)
            },
        ]
    }
}

extension RequestContext {
    /// The entity in the path.
    var entityId: String {
        get throws { try path("entityId") }
    }

    /// `?type=`
    var entityType: EntityType? {
        get throws { try word("type", of: EntityType.self) }
    }
}
