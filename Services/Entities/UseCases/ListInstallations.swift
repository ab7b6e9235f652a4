import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases {
    /// The caller's installations; those without access remain listed, as not usable.
    func listInstallations(
        _ page: PageRequest, by caller: Caller
    ) async throws -> Page<InstallationWithEntity> {
        let (installed, undecided) = try database.read { reader in
            let page = try InstallationStore.page(of: caller.userId, page, in: reader)
            let queries = page.items.map {
                AccessQuery(entityId: $0.entity.id, userId: caller.userId)
            }
            return (page, try queries.filter { try GrantStore.step(of: $0, in: reader) == nil })
        }
        let remote = try await remoteSteps(undecided)
        let lost = Set(
            zip(undecided, remote).filter { $1.isEmpty }.map { $0.0.entityId })
        return installed.map { item in
            InstallationWithEntity(
                installation: item.installation, entity: item.entity,
                isUsable: !lost.contains(item.entity.id))
        }
    }
}
