# cmake -DLINKED=… -DPROGRAM=… -DPROFILE=… [-DBOLT=…] [-DSTRIP=…] -P apply.cmake: makes PROGRAM of what was linked, laid out by the profile
# if BOLT is there and without its symbols if STRIP is given. Where that fails the program is slower or larger, nothing else.
set(FOLDER ${PROGRAM}.layout)
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
set(MADE ${FOLDER}/program)

set(STATUS "")
if(BOLT AND EXISTS ${BOLT})
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E tar xf ${PROFILE}
    WORKING_DIRECTORY ${FOLDER}
    RESULT_VARIABLE STATUS
    OUTPUT_VARIABLE SAID
    ERROR_VARIABLE SAID)
  if(STATUS EQUAL 0)
    execute_process(
      COMMAND ${BOLT} ${LINKED} -o ${MADE} -data=${FOLDER}/branches.fdata
        -reorder-blocks=ext-tsp -reorder-functions=cdsort -split-functions -split-all-cold -split-eh -icf=1 -plt=hot -remove-symtab
      RESULT_VARIABLE STATUS
      OUTPUT_VARIABLE SAID
      ERROR_VARIABLE SAID)
  endif()
  if(STATUS EQUAL 0)
    # It starts: without arguments it says how it is used.
    execute_process(COMMAND ${MADE} RESULT_VARIABLE STARTED OUTPUT_QUIET ERROR_VARIABLE SAID)
    if(NOT STARTED EQUAL 64)
      set(STATUS "what it made ends with '${STARTED}'")
    endif()
  endif()
  if(NOT STATUS EQUAL 0)
    message("The frontend works, but takes a quarter more time than it could: BOLT did not lay it out (${STATUS}).\n${SAID}")
  endif()
endif()
if(NOT STATUS STREQUAL "0")
  set(STRIPPED "")
  if(STRIP)
    execute_process(COMMAND ${STRIP} -o ${MADE} ${LINKED} RESULT_VARIABLE STRIPPED ERROR_QUIET)
  endif()
  if(NOT STRIPPED STREQUAL "0")
    execute_process(COMMAND ${CMAKE_COMMAND} -E copy ${LINKED} ${MADE} COMMAND_ERROR_IS_FATAL ANY)
  endif()
endif()
file(RENAME ${MADE} ${PROGRAM})
file(REMOVE_RECURSE ${FOLDER})
