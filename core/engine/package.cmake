# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The engine as a package for other programs: find_package(daemonscope-engine), target daemonscope::engine.
# One archive holds everything it needs, so that a user links one library; its headers include only each other.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(engine_public_headers arguments.h baseexception.h context.h engine.h errors.h parentprocess.h process.h runtime.h signals.h sync.h system.h target.h text.h thread.h where.h)

add_library(daemonscope_engine_package STATIC $<TARGET_OBJECTS:daemonscope_engine> ../os/child.cpp ../os/clock.cpp
            ../os/result.cpp ../os/self.cpp ../os/signal.cpp ../os/uniquefd.cpp ../os/waitstatus.cpp)
target_link_libraries(daemonscope_engine_package PUBLIC Threads::Threads)
target_compile_features(daemonscope_engine_package PUBLIC cxx_std_20)
target_include_directories(daemonscope_engine_package
    PRIVATE ${PROJECT_SOURCE_DIR}/core
    INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/daemonscope>)
set_target_properties(daemonscope_engine_package PROPERTIES OUTPUT_NAME daemonscope-engine EXPORT_NAME engine)
target_link_options(daemonscope_engine_package INTERFACE -Wl,-z,now) # as daemonscope_engine
if(DAEMONSCOPE_SANITIZE)
    target_link_options(daemonscope_engine_package INTERFACE -fsanitize=${DAEMONSCOPE_SANITIZE})
endif()

set(engine_package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/daemonscope-engine)
install(TARGETS daemonscope_engine_package EXPORT daemonscope-engine
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT engine)
install(FILES ${engine_public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/daemonscope/engine COMPONENT engine)
install(FILES include/daemonscope/engine.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/daemonscope COMPONENT engine)
install(EXPORT daemonscope-engine NAMESPACE daemonscope:: DESTINATION ${engine_package_folder} COMPONENT engine)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/daemonscope-engine-config.cmake
"include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(\${CMAKE_CURRENT_LIST_DIR}/daemonscope-engine.cmake)
")
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/daemonscope-engine-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/daemonscope-engine-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/daemonscope-engine-config-version.cmake
        DESTINATION ${engine_package_folder} COMPONENT engine)
