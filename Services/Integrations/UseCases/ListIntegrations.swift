import GatewayClient
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// The integrations that the caller or another user can see, newest first. A suspended user
    /// can see none.
    func listIntegrations(
        of userId: String? = nil, search: String?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<IntegrationWithOwner> {
        let subject = try caller.subject(named: userId)
        let seesEverything = IntegrationPolicy.seesEverything(
            isPlatformAdmin: try await isPlatformAdmin(subject, askedBy: caller))
        let (found, teams) = try database.read { reader in
            let found =
                if try SuspendedUsers.contains(subject, in: reader) {
                    Page<Integration>([], page, total: 0)
                } else if seesEverything {
                    try IntegrationStore.page(search: search, page, in: reader)
                } else {
                    try IntegrationStore.page(of: subject, search: search, page, in: reader)
                }
            return (found, try PrincipalNames(of: found.items.map(\.owner), in: reader))
        }
        let names = try await teams.addingUsers(from: self)
        return found.map { $0.withOwner(names) }
    }

    private func isPlatformAdmin(
        _ userId: String, askedBy caller: Caller
    ) async throws -> Bool {
        guard userId != caller.userId else { return caller.isAdmin }
        return try await directory.isPlatformAdmin(userId)
    }
}
