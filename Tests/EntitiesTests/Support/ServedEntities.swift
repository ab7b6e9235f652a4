import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Entities

/// The whole service, with fakes of the other services.
typealias ServedEntities = ServedService<EntitiesFakes>

struct EntitiesFakes: ServiceFakes {
    static let name = "entities"
    let directory = FakeDirectory()
    let organizations = FakeOrganizations()
    let collaborators = FakeCollaborators()

    /// What is copied or counted when entities are listed.
    static let exceptions = [
        "entities.is_public", "public_counts", "store_mark", "store_entities", "store_versions",
        "list_parts",
    ].reduce(into: [:]) { $0[$1] = "follows from the rest" }

    init(clock: FakeClock) {}

    func start(
        _ settings: inout Settings, _ common: CommonSettings, _ runtime: Runtime
    ) async throws -> ContextService {
        try await makeEntities(
            EntitiesSettings(&settings, common), runtime,
            remote: EntitiesRemote(
                directory: directory, organizations: organizations, collaborators: collaborators))
    }
}

extension ServedEntities {
    /// The id of a new entity.
    func entity(_ name: String = "Deploy Bot", by caller: Caller) async throws -> String {
        let response = try await send(
            "POST /api/entities", #"{"name":"\#(name)","type":"app"}"#, as: caller)
        return try #require(response.field("location")?.split(separator: "/").last.map(String.init))
    }
}
