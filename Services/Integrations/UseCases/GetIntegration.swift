import Kernel
import SQLite
import WriteKit

/// An integration with its owner's name, for responses.
struct IntegrationWithOwner: Sendable, Equatable {
    let integration: Integration
    let owner: NamedPrincipal
}

extension IntegrationsUseCases {
    func getIntegration(
        _ reference: String, by caller: Caller
    ) async throws -> IntegrationWithOwner {
        let (integration, names) = try read(.see, on: reference, by: caller) {
            reader, integration, _ in
            (integration, try PrincipalNames(of: [integration.owner], in: reader))
        }
        return integration.withOwner(try await names.addingUsers(from: self))
    }
}

extension Integration {
    func withOwner(_ names: PrincipalNames) -> IntegrationWithOwner {
        IntegrationWithOwner(integration: self, owner: names[owner])
    }

    /// As a GET shows it.
    /// - Throws: `AskAgain` if the owner has changed since the names were looked up.
    func shown(_ names: PrincipalNames) throws(AskAgain) -> IntegrationWithOwner {
        guard names.covers(owner) else { throw AskAgain() }
        return withOwner(names)
    }
}
