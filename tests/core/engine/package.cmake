# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# cmake -DSOURCE=… -DBUILD=… -DGENERATOR=… -DCXX=… -DPYTHON=… -P package.cmake: installs the engine under a fresh prefix,
# builds the example outside of the tree with find_package(daemonscope-engine), and lets packagerun.py run it with each start method.
set(folder ${BUILD}/tests/engine-package)
file(REMOVE_RECURSE ${folder})
file(MAKE_DIRECTORY ${folder})

function(run what)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${what} failed (${status}):\n${text}")
    endif()
    set(said "${text}" PARENT_SCOPE)
endfunction()

run("installing the engine" ${CMAKE_COMMAND} --install ${BUILD} --component engine --prefix ${folder}/prefix)
file(GLOB_RECURSE internal ${folder}/prefix/include/daemonscope/engine/state.h)
if(internal)
    message(FATAL_ERROR "an internal header was installed: ${internal}")
endif()
file(COPY ${SOURCE}/resources/examples/engine DESTINATION ${folder})
run("configuring the example" ${CMAKE_COMMAND} -G ${GENERATOR} -S ${folder}/engine -B ${folder}/build
    -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_PREFIX_PATH=${folder}/prefix -DCMAKE_CXX_FLAGS=-Wall\ -Wextra\ -Wpedantic\ -Werror)
run("building the example" ${CMAKE_COMMAND} --build ${folder}/build)
foreach(method fork spawn forkserver)
    run("the example with ${method}"
        ${PYTHON} ${SOURCE}/tests/core/engine/packagerun.py ${folder}/build/daemon_and_worker ${method})
endforeach()
