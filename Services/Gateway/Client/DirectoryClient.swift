import Contract
import GatewayContract
import ServiceKit

/// The gateway's directory, over HTTP.
public struct DirectoryClient: Directory {
    private let client: ServiceClient

    public init(client: ServiceClient) { self.client = client }

    public func persons(ids: [String]) async throws -> [String: Person] {
        try await ask(ids) { DirectoryQuery(ids: $0) }.keyed(by: \.id)
    }

    public func persons(emails: [String]) async throws -> [String: Person] {
        try await ask(emails) { DirectoryQuery(emails: $0) }.keyed(by: \.email)
    }

    public func persons(usernames: [String]) async throws -> [String: Person] {
        try await ask(usernames) { DirectoryQuery(usernames: $0) }.keyed(by: \.username)
    }

    /// In as many calls as the directory's limit demands.
    private func ask(
        _ names: [String], _ query: ([String]) -> DirectoryQuery
    ) async throws -> [Person] {
        try await ServiceClient.asOneQuery {
            var persons: [Person] = []
            var rest = names[...]
            while !rest.isEmpty {
                let answer = try await client.call(
                    DirectoryRoutes.lookUpUsers, query(Array(rest.prefix(DirectoryQuery.maximum))),
                    as: DirectoryAnswer.self)
                persons += answer.users
                rest = rest.dropFirst(DirectoryQuery.maximum)
            }
            return persons
        }
    }
}

extension [Person] {
    fileprivate func keyed(by key: KeyPath<Person, String>) -> [String: Person] {
        Dictionary(map { ($0[keyPath: key], $0) }, uniquingKeysWith: { first, _ in first })
    }
}
