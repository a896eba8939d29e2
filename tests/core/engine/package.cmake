# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# cmake -DSOURCE=… -DBUILD=… -DGENERATOR=… -P package.cmake: installs the engine under a fresh prefix, builds the example outside
# of the tree with find_package(daemonscope-engine), runs it, and looks at what it says with each start method's helpers gone.
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
    -DCMAKE_PREFIX_PATH=${folder}/prefix -DCMAKE_CXX_FLAGS=-Wall\ -Wextra\ -Wpedantic\ -Werror)
run("building the example" ${CMAKE_COMMAND} --build ${folder}/build)
run("running the example" ${folder}/build/daemon_and_worker)
foreach(expected "worker: step 5" "daemon: tick 1" "main ends")
    if(NOT said MATCHES "${expected}")
        message(FATAL_ERROR "the example did not say '${expected}', but:\n${said}")
    endif()
endforeach()
if(said MATCHES "daemon: tick 9")
    message(FATAL_ERROR "the example's daemon outlived main's code by far:\n${said}")
endif()
