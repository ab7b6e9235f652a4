import Entities
import ServiceKit
