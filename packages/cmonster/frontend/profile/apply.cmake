# cmake -DBOLT=… -DPROFILE=… -DPROGRAM=… -P apply.cmake: lays PROGRAM out by the profile and takes its symbols away; PROGRAM.linked is what
# it was. Where that fails the program is slower, nothing else.
set(LINKED ${PROGRAM}.linked)
set(FOLDER ${PROGRAM}.layout)
file(RENAME ${PROGRAM} ${LINKED})
file(REMOVE_RECURSE ${FOLDER})
file(ARCHIVE_EXTRACT INPUT ${PROFILE} DESTINATION ${FOLDER})
execute_process(
  COMMAND ${BOLT} ${LINKED} -o ${FOLDER}/program -data=${FOLDER}/branches.fdata
    -reorder-blocks=ext-tsp -reorder-functions=cdsort -split-functions -split-all-cold -split-eh -icf=1 -plt=hot -remove-symtab
  RESULT_VARIABLE STATUS
  OUTPUT_VARIABLE SAID
  ERROR_VARIABLE SAID)
if(STATUS EQUAL 0)
  # It starts: without arguments it says how it is used.
  execute_process(COMMAND ${FOLDER}/program RESULT_VARIABLE STARTED OUTPUT_QUIET ERROR_VARIABLE SAID)
  if(NOT STARTED EQUAL 64)
    set(STATUS "made a program that ends with ${STARTED}")
  endif()
endif()
if(STATUS EQUAL 0)
  file(RENAME ${FOLDER}/program ${PROGRAM})
else()
  execute_process(COMMAND strip -o ${PROGRAM} ${LINKED} COMMAND_ERROR_IS_FATAL ANY)
  message("The frontend works, but takes a third more time than it could: BOLT did not lay it out (${STATUS}).\n${SAID}")
endif()
file(REMOVE_RECURSE ${FOLDER})
