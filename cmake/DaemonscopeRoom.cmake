# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# daemonscope_room(NAME SOURCES … LINKS …): one room of the house as a static library daemonscope_NAME.
# What a room links is what it may know (docs/architecture.md); tests/layering checks the includes.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(daemonscope_options INTERFACE)
target_compile_options(daemonscope_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Wconversion
    $<$<BOOL:${DAEMONSCOPE_WERROR}>:-Werror>)
target_compile_definitions(daemonscope_options INTERFACE
    DAEMONSCOPE_VERSION="${PROJECT_VERSION}" QT_NO_CAST_FROM_ASCII QT_NO_KEYWORDS)
# For what only tests run and for the sanitizers' builds: it links in a fraction of the time of GNU ld.
find_program(DAEMONSCOPE_LLD ld.lld)
set(daemonscope_quick_linker $<$<BOOL:${DAEMONSCOPE_LLD}>:-fuse-ld=lld>)
if(DAEMONSCOPE_SANITIZE)
    target_compile_options(daemonscope_options INTERFACE
        -fsanitize=${DAEMONSCOPE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    if(DAEMONSCOPE_SANITIZE MATCHES "address,undefined")
        # Checks at every use of a pointer that would only tell what the address sanitizer tells too, and that take a
        # third of the compiler's time.
        target_compile_options(daemonscope_options INTERFACE -fno-sanitize=null,object-size,vptr)
    endif()
    target_link_options(daemonscope_options INTERFACE -fsanitize=${DAEMONSCOPE_SANITIZE} ${daemonscope_quick_linker})
endif()

function(daemonscope_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;PCH" ${ARGN})
    set(target daemonscope_${name})
    add_library(${target} STATIC ${ROOM_SOURCES})
    target_link_libraries(${target} PUBLIC ${ROOM_LINKS} PRIVATE daemonscope_options)
    if(DAEMONSCOPE_PCH AND ROOM_PCH)
        target_precompile_headers(${target} PRIVATE ${ROOM_PCH})
    endif()
endfunction()
