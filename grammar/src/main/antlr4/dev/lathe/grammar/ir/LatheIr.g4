/**
 * The textual form of the Lathe IR.
 *
 *   graph "mnist" {
 *     parameter "w" : f32[784, 10] = base64 "..."
 *     function "forward"(%image "image": f32[N, 784]) -> ("probs") {
 *       %w = parameter() {name = "w", type = f32[784, 10]} : f32[784, 10]
 *       %0 = matmul(%image, %w) {transpose_a = false, transpose_b = false} : f32[N, 10] from ["MatMul_0"]
 *       %1 = softmax(%0) {axis = -1} : f32[N, 10]
 *       return %1
 *     }
 *   }
 */
grammar LatheIr;

file : graph EOF ;

graph : 'graph' STRING '{' metadata* parameter* function* '}' ;

metadata : 'metadata' STRING '=' STRING ;

parameter : 'parameter' STRING ':' type '=' data ;

function : 'function' STRING '(' (input (',' input)*)? ')' '->' '(' (STRING (',' STRING)*)? ')' body ;

input : VALUE STRING ':' type ;

body : '{' node* 'return' (VALUE (',' VALUE)*)? '}' ;

node : results '=' name '(' (VALUE (',' VALUE)*)? ')' attributes? data? block* ':' type (',' type)* provenance? ;

results : VALUE (',' VALUE)* ;

attributes : '{' attribute (',' attribute)* '}' ;

attribute : name '=' attributeValue ;

attributeValue : STRING | number | type | name | '[' (listElement (',' listElement)*)? ']' ;

listElement : dim | number | NAME ;

block : 'block' '(' (argument (',' argument)*)? ')' body ;

argument : VALUE ':' type ;

/** What may name an op or an attribute, keywords included. */
name
  : NAME | 'graph' | 'metadata' | 'parameter' | 'function' | 'return' | 'block' | 'from' | 'dense' | 'splat'
  | 'base64' | 'elided' | 'quantized'
  ;

provenance : 'from' '[' STRING (',' STRING)* ']' ;

data
  : 'dense' '[' (number (',' number)*)? ']'
  | 'splat' number
  | 'base64' STRING
  | 'elided'
  ;

number : '-'? (INTEGER | FLOAT) | NAME | '-' NAME ;

type : NAME '[' (dim (',' dim)*)? ']' quantization? ;

quantization : 'quantized' '(' NAME '=' number ',' NAME '=' '[' number (',' number)* ']' ',' NAME '=' '[' number (',' number)* ']' ')' ;

dim
  : '-'? dimProduct (('+' | '-') dimProduct)*
  ;

dimProduct : dimFactor ('*' dimFactor)* ;

dimFactor
  : INTEGER
  | (NAME | SYMBOL) ('(' dim ',' dim ')')?
  | '(' dim ')'
  ;

VALUE : '%' [A-Za-z0-9_.$/\-]+ ;
SYMBOL : '?' [A-Za-z0-9_.]+ ;
NAME : [A-Za-z_] [A-Za-z_0-9.]* ;
INTEGER : [0-9]+ ;
FLOAT : [0-9]+ '.' [0-9]* ([eE] [+-]? [0-9]+)? | [0-9]+ [eE] [+-]? [0-9]+ ;
STRING : '"' (~["\\\r\n] | '\\' [\\"nrt])* '"' ;
COMMENT : '//' ~[\r\n]* -> skip ;
WHITESPACE : [ \t\r\n]+ -> skip ;
