#pragma once
/// @file component/xep/xep0153_avatar.hpp
/// NAME       vCard-based avatars: what presence says of the picture. @source XEP-0153
#include <string_view>

#include "component/xml/element.hpp"

namespace causeway::xmpp::xep0153 {

inline constexpr std::string_view kNs = "vcard-temp:x:update";
/// "There is no picture": clients do not ask for one then.
[[nodiscard]] xml::Element make_no_photo();

}  // namespace causeway::xmpp::xep0153
