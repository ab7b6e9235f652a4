import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// - Parameter name: nil if the request's text isn't the name of a principal.
    func unshareIntegration(
        _ reference: String, with name: PrincipalName?, by caller: Caller
    ) async throws -> PendingWrite<ShareWithUser, Void> {
        let admit = admission(of: caller, to: .share, on: reference)
        _ = try database.read { try admit($0) }
        guard let name else { throw Fault.notFound }
        let candidate = try await candidate(name, disclosedTo: nil)
        let find: Admission<ShareWithUser> = { db in
            let integration = try admit(db)
            guard let principal = try candidate.resolve(in: db),
                let listed = try Self.share(of: integration, with: principal, in: db)
            else { throw Fault.notFound }
            return listed
        }
        return write(by: caller, admit: find) { [audit] tx, listed in
            let share = listed.share
            try ShareStore.delete(share, in: tx)
            let audience = try IntegrationStore.audience(of: share.integrationId, in: tx)
            try audit.record(.removed(share, for: audience), by: caller, in: tx)
        }
    }
}
