import Entities
import ServiceKit

await ServiceProcess.run(
    "entities", "entities, versions, shares, publishers and installations",
    defaultPort: 8101, data: entitiesData,
    configure: { EntitiesSettings(&$0, $1) },
    start: { try await makeEntities($0, $1) })
