# How a box, a program and a test are built. CMakeLists.txt says which there are.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)  # for programs outside of this tree that link with a box
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS headers context fiber json)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET GLOBAL libisal)
pkg_check_modules(lz4 REQUIRED IMPORTED_TARGET GLOBAL liblz4)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET GLOBAL libzstd)
if(PROJECT_IS_TOP_LEVEL)
  find_package(CLI11 REQUIRED)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
  pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(gantry_warnings INTERFACE)
if(PROJECT_IS_TOP_LEVEL)
  # In the configurations for work on the tree, those of all presets but `release`. Whoever only builds it may have a
  # compiler that we have not seen, or one whose optimizer warns of what it made itself, as g++ 12 does at -O3.
  target_compile_options(gantry_warnings INTERFACE
    "$<$<CONFIG:Dev,Debug,Asan>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Wno-missing-field-initializers;-Werror>")
endif()
target_compile_options(gantry_warnings INTERFACE
  -fno-omit-frame-pointer
  # The same bytes wherever the tree lies: for the compiler cache, and for messages that name a line.
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

# What is right in a file may look wrong beside its neighbours: a local name like that of another file's helper, or a
# type without linkage in a class that no header shows. The preset `dev` compiles each file of a box alone, and warns.
target_compile_options(gantry_warnings INTERFACE
  $<$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>:-Wno-shadow>
  $<$<AND:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>)

# gantry_join(target files): compiles so many files of a target together.
function(gantry_join target files)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${files})
endfunction()

# gantry_box(name FOLDERS f... [HEADERS_ONLY | CLOSED] USES box...): a library from all sources of its
# folders (a folder of its own box, a main/ and examples/ inside them are left out). Whoever uses a
# CLOSED box sees nothing of the tree but what gantry_show() shows.
function(gantry_box name)
  cmake_parse_arguments(BOX "HEADERS_ONLY;CLOSED" "" "FOLDERS;USES" ${ARGN})
  set(sources)
  foreach(folder ${BOX_FOLDERS})
    if(NOT IS_DIRECTORY ${PROJECT_SOURCE_DIR}/${folder})
      message(FATAL_ERROR "the box ${name} has a folder that is not there: ${folder}")
    endif()
    file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "/(main|examples|mutants)/")
  if(NOT sources AND NOT BOX_HEADERS_ONLY)
    file(WRITE ${PROJECT_BINARY_DIR}/${name}_empty.cpp "")
    set(sources ${PROJECT_BINARY_DIR}/${name}_empty.cpp)
  endif()
  if(BOX_HEADERS_ONLY)
    add_library(gantry_${name} INTERFACE)
    set(scope INTERFACE)
    target_include_directories(gantry_${name} INTERFACE ${PROJECT_SOURCE_DIR})
  else()
    add_library(gantry_${name} STATIC ${sources})
    # Objects that have to stay alone: the one that may end the process (see EXEMPT in tests/house/symbols.py), and those
    # that link only where calls are wrapped (see gantry_sealed in CMakeLists.txt).
    set_source_files_properties(model/base/invariant.cpp sim/seal/seal.cpp sim/seal/traps.cpp
                                PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    set(scope PUBLIC)
    if(BOX_CLOSED)
      set(scope PRIVATE)
    endif()
    target_include_directories(gantry_${name} ${scope} ${PROJECT_SOURCE_DIR})
    target_compile_features(gantry_${name} PUBLIC cxx_std_20)
    target_link_libraries(gantry_${name} PRIVATE gantry_warnings)
  endif()
  add_library(gantry::${name} ALIAS gantry_${name})
  foreach(box ${BOX_USES})
    target_link_libraries(gantry_${name} ${scope} gantry_${box})
  endforeach()
endfunction()

# gantry_show(name folder header...): what a CLOSED box shows, the headers below the folder and these
# headers of the tree, which the former include.
function(gantry_show name folder)
  foreach(header ${ARGN})
    set(shown ${PROJECT_BINARY_DIR}/shown/${header})
    get_filename_component(shown_folder ${shown} DIRECTORY)
    file(MAKE_DIRECTORY ${shown_folder})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${header} ${shown} COPY_ON_ERROR SYMBOLIC)
  endforeach()
  target_include_directories(gantry_${name} PUBLIC ${PROJECT_SOURCE_DIR}/${folder} INTERFACE ${PROJECT_BINARY_DIR}/shown)
endfunction()

# gantry_program(name source USES box...)
function(gantry_program name source)
  cmake_parse_arguments(PROGRAM "" "" "USES" ${ARGN})
  if(NOT EXISTS ${PROJECT_SOURCE_DIR}/${source})
    return()
  endif()
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE gantry_warnings CLI11::CLI11)
  foreach(box ${PROGRAM_USES})
    target_link_libraries(${name} PRIVATE gantry_${box})
  endforeach()
endfunction()

# gantry_examples(folder USES box...): one program per file, named example_<file>.
function(gantry_examples folder)
  file(GLOB found CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  foreach(source ${found})
    get_filename_component(stem ${source} NAME_WE)
    gantry_program(example_${stem} ${source} ${ARGN})
  endforeach()
endfunction()

# gantry_test(name FOLDERS f... USES box... [LIBS lib...]): one GoogleTest program from its folders. Its files are joined
# and little optimized in every preset: what GoogleTest and RapidCheck make of a file costs more than what is in it.
function(gantry_test name)
  cmake_parse_arguments(TEST "" "" "FOLDERS;USES;LIBS" ${ARGN})
  set(sources)
  foreach(folder ${TEST_FOLDERS})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  gantry_join(${name} 6)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Dev>:-O1> "$<$<CONFIG:Asan>:-O0;-fno-sanitize=fuzzer-no-link>")
  target_link_libraries(${name} PRIVATE gantry_warnings GTest::gtest_main rapidcheck rapidcheck_gtest ${TEST_LIBS})
  foreach(box ${TEST_USES})
    target_link_libraries(${name} PRIVATE gantry_${box})
  endforeach()
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# gantry_fuzz(folder USES box...): each fuzz_*.cpp feeds bytes to a decoder. It becomes a libFuzzer
# program of its own name (in the asan preset alone, which counts branches for the fuzzer), and one
# property of the program test_decoders, so that no decoder has the one without the other. It is compiled once for
# both, with its entry under another name, and alone: a fuzzer watches every branch that is linked to it.
function(gantry_fuzz folder)
  cmake_parse_arguments(FUZZ "" "" "USES" ${ARGN})
  file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/fuzz_*.cpp)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/decoders)
  set(list "")
  add_library(gantry_decoders STATIC ${found})
  set_target_properties(gantry_decoders PROPERTIES UNITY_BUILD OFF)
  target_link_libraries(gantry_decoders PRIVATE gantry_warnings)
  foreach(box ${FUZZ_USES})
    target_link_libraries(gantry_decoders PUBLIC gantry_${box})
  endforeach()
  foreach(source ${found})
    get_filename_component(name ${source} NAME_WE)
    set_source_files_properties(${source} PROPERTIES COMPILE_DEFINITIONS LLVMFuzzerTestOneInput=feed_${name})
    string(APPEND list "DECODER(${name})\n")
    if(CMAKE_BUILD_TYPE STREQUAL "Asan")
      file(CONFIGURE OUTPUT ${generated}/${name}.cpp CONTENT "#include <cstddef>
extern \"C\" int feed_${name}(const unsigned char* data, std::size_t size);
extern \"C\" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) { return feed_${name}(data, size); }
")
      add_executable(${name} ${generated}/${name}.cpp)
      target_link_options(${name} PRIVATE -fsanitize=fuzzer)
      target_link_libraries(${name} PRIVATE gantry_warnings gantry_decoders)
    endif()
  endforeach()
  file(CONFIGURE OUTPUT ${generated}/tests/fuzz/properties/decoders.inc CONTENT "${list}")
  gantry_test(test_decoders FOLDERS ${folder}/properties USES decoders)
  target_include_directories(test_decoders PRIVATE ${generated})
endfunction()
