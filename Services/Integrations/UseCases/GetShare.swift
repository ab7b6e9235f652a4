import Kernel
import SQLite

extension IntegrationsUseCases {
    /// - Parameter name: nil if the request's text isn't the name of a principal.
    func getShare(
        of reference: String, with name: PrincipalName?, by caller: Caller
    ) async throws -> ShareWithUser {
        try read(.see, on: reference, by: caller) { _, _, _ in }
        guard let name else { throw Fault.notFound }
        let candidate = try await candidate(name, disclosedTo: nil)
        return try read(.see, on: reference, by: caller) { reader, integration, _ in
            guard let principal = try candidate.resolve(in: reader),
                let share = try Self.share(of: integration, with: principal, in: reader)
            else { throw Fault.notFound }
            return share
        }
    }
}
