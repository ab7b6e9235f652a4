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
            try ShareStore.delete(listed.share, in: tx)
            try audit.record(.removed(listed.share), by: caller, in: tx)
        }
    }
}
