#pragma once
/// @file gateway/translate/entity_info.hpp
/// NAME       entity_info: what disco#info says of the component, far servers, contacts and rooms.
/// WHY        Said in two places, as answers and as the hash in presence (XEP-0115): both come from here.
/// INVARIANTS The same for every asker, and all contacts of a network have the same: so their hash is made once.
/// TESTS      tests/unit/gateway/queries_test.cpp
#include "component/xep/xep0030_disco.hpp"
#include "gateway/translate/face.hpp"

namespace causeway::translate {

[[nodiscard]] xmpp::xep0030::Info entity_info(const Face& face, const Entity& entity);

}  // namespace causeway::translate
