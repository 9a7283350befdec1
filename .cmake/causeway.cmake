# What every target of the house shares: warnings as errors, sanitizers, one precompiled header, one library a folder.
add_library(causeway_flags INTERFACE)
target_include_directories(causeway_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(causeway_flags INTERFACE
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Woverloaded-virtual -Wcast-qual -Wextra-semi -Wno-missing-designated-field-initializers)
target_compile_definitions(causeway_flags INTERFACE
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8
    CAUSEWAY_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # The same sources give the same precompiled header, whenever they were checked out: else ccache finds nothing again.
    target_compile_options(causeway_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
    target_link_options(causeway_flags INTERFACE -fuse-ld=lld-19)
endif()
if(CAUSEWAY_ASAN)
    target_compile_options(causeway_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                                                    -fno-omit-frame-pointer)
    target_link_options(causeway_flags INTERFACE -fsanitize=address,undefined)
endif()
if(CAUSEWAY_FUZZ)
    target_compile_options(causeway_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# causeway_library(NAME <target> [DEPS <targets>...])
# Every .cpp of the folder itself becomes a static library <target>; folders below are targets of their own.
function(causeway_library)
    cmake_parse_arguments(ARG "" "NAME" "DEPS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    if(sources)
        add_library(${ARG_NAME} STATIC ${sources})
        target_link_libraries(${ARG_NAME} PUBLIC causeway_flags ${ARG_DEPS})
        if(NOT ARG_NAME STREQUAL "causeway_base")
            target_precompile_headers(${ARG_NAME} REUSE_FROM causeway_base)
            target_link_libraries(${ARG_NAME} PUBLIC causeway_base)
        endif()
    else()
        add_library(${ARG_NAME} INTERFACE)
        target_link_libraries(${ARG_NAME} INTERFACE causeway_flags ${ARG_DEPS})
    endif()
endfunction()
