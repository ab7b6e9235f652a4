import Entities
import ServiceKit

await ServiceProcess.run(
    "entities", "who may see, use, change and own an entity", defaultPort: 8101,
    configure: { EntitiesSettings(&$0, $1) },
    start: { try await makeEntities($0, $1) })
